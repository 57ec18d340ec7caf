//! A `serve` that runs in a test, and what a browser would ask of it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

/// A running `serve`; it ends with this value.
pub struct Server {
    child: Child,
    pub address: String,
    /// What it says on standard error, line by line.
    said: Receiver<String>,
}

/// An answer: status, head, body.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Server {
    /// Starts `command`, which runs `serve --json` on any free port.
    #[track_caller]
    pub fn start(mut command: Command) -> Server {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, said) = mpsc::channel();
        let errors = BufReader::new(child.stderr.take().unwrap());
        thread::spawn(move || errors.lines().map_while(Result::ok).all(|line| sender.send(line).is_ok()));
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut document = String::new();
        while !document.ends_with("}\n") {
            let read = output.read_line(&mut document).unwrap();
            assert!(read > 0, "serve ended: {:?}", said.iter().collect::<Vec<_>>());
        }
        let document: serde_json::Value = serde_json::from_str(&document).unwrap();
        let url = document["address"].as_str().unwrap();
        let address = url.trim_start_matches("http://").trim_end_matches('/').replace("0.0.0.0", "127.0.0.1");
        Server { child, address, said }
    }

    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address))
    }

    pub fn ask(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut text = Vec::new();
        stream.read_to_end(&mut text).unwrap();
        let text = String::from_utf8_lossy(&text).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    /// The stream that tells browsers to reload.
    pub fn events(&self) -> Events {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        write!(stream, "GET /.evalcards/events HTTP/1.1\r\nHost: {}\r\n\r\n", self.address).unwrap();
        Events(BufReader::new(stream))
    }

    /// Waits until it says something that contains `part`; gives what it said until then.
    #[track_caller]
    pub fn wait_for(&self, part: &str) -> String {
        let mut said = String::new();
        loop {
            let line = self.said.recv_timeout(Duration::from_secs(20));
            said.push_str(&line.unwrap_or_else(|_| panic!("never said `{part}`: {said}")));
            if said.contains(part) {
                return said;
            }
            said.push('\n');
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub struct Events(BufReader<TcpStream>);

impl Events {
    /// The next status.
    pub fn next(&mut self) -> serde_json::Value {
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).unwrap();
            if let Some(data) = line.strip_prefix("data: ") {
                return serde_json::from_str(data).unwrap();
            }
        }
    }
}
