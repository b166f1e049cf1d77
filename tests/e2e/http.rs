//! As much of HTTP as a look at the application takes.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// The body of `GET path`, with the status line in front.
pub(super) fn get(port: u16, path: &str) -> String {
    exchange(port, &format!("GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n"))
}

/// The answer to a JSON-RPC call; the whole of it where it is no JSON.
pub(super) fn call(port: u16, path: &str, request: &serde_json::Value) -> Result<serde_json::Value, String> {
    let body = request.to_string();
    let head = format!(
        "POST {path} HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let answer = exchange(port, &(head + &body));
    let body = answer.split_once("\r\n\r\n").expect("a body").1;
    serde_json::from_str(body).map_err(|_| answer.clone())
}

fn exchange(port: u16, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the port answers");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a limit");
    stream.write_all(request.as_bytes()).expect("the request goes");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}
