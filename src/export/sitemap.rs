//! The *sitemap* and `robots.txt`. A sitemap needs absolute addresses, so a site without `base_url` has none.

/// Most addresses of one sitemap, as the protocol has it.
pub const MOST: usize = 50_000;

/// The sitemaps of `pages`, by path: one, or an index and its parts.
pub fn sitemaps(base_url: &str, pages: &[&str]) -> Vec<(String, String)> {
    let address = |path: &str| format!("{base_url}{}", if path == "index.html" { "" } else { path });
    if pages.len() <= MOST {
        return vec![("sitemap.xml".to_owned(), urlset(pages.iter().map(|path| address(path))))];
    }
    let parts = || pages.chunks(MOST).enumerate().map(|(at, part)| (format!("sitemap-{}.xml", at + 1), part));
    let index = entries("sitemapindex", "sitemap", parts().map(|(path, _)| address(&path)));
    let parts = parts().map(|(path, part)| (path, urlset(part.iter().map(|path| address(path)))));
    [("sitemap.xml".to_owned(), index)].into_iter().chain(parts).collect()
}

fn urlset(addresses: impl Iterator<Item = String>) -> String {
    entries("urlset", "url", addresses)
}

fn entries(root: &str, entry: &str, addresses: impl Iterator<Item = String>) -> String {
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root} xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
    );
    for address in addresses {
        // Paths hold nothing that XML takes for its own; an address may hold `&`.
        xml.push_str(&format!("<{entry}><loc>{}</loc></{entry}>\n", address.replace('&', "&amp;")));
    }
    xml.push_str(&format!("</{root}>\n"));
    xml
}

/// `robots.txt`: everything may be read.
pub fn robots(base_url: Option<&str>) -> String {
    match base_url {
        Some(base_url) => format!("User-agent: *\nAllow: /\n\nSitemap: {base_url}sitemap.xml\n"),
        None => "User-agent: *\nAllow: /\n".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_site_has_an_index_of_sitemaps() {
        let pages: Vec<String> = (0..MOST + 1).map(|n| format!("{n}.html")).collect();
        let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
        let maps = sitemaps("https://a.example/b/", &pages);
        let paths: Vec<&str> = maps.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, ["sitemap.xml", "sitemap-1.xml", "sitemap-2.xml"]);
        assert!(maps[0].1.contains("<sitemap><loc>https://a.example/b/sitemap-2.xml</loc></sitemap>"));
        assert_eq!(maps[1].1.matches("<url>").count(), MOST);
        assert!(maps[2].1.contains("<url><loc>https://a.example/b/50000.html</loc></url>"));
    }
}
