//! Sends plain mails by lettre, one after the other: what `script/bench` measures the outbox beside.
//!
//!     one_connection PORT CA USER PASSWORD TO COUNT BYTES [--reused | --prompt]
//!
//! By lettre's asynchronous transport as it stands without a pool: for every mail a connection, TLS, a sign-in and a
//! goodbye. With `--reused` all go over one connection, which is asked by NOOP before each, as lettre's pool asks.
//! With `--prompt` also over one, begun by STARTTLS, of which the system is told not to hold small packets back
//! (TCP_NODELAY): lettre writes a mail and its end mark apart, and tells nothing of the kind itself.
//! Nothing is written down. `BYTES` is a mail's size with headers and CRLF; prints how many a server took.

use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::time::Duration;
use tokio::net::TcpStream;

type Failure = Box<dyn std::error::Error>;

const HOST: &str = "localhost";
/// For every answer; a server that is slower is no peer.
const PATIENCE: Duration = Duration::from_secs(60);
const USAGE: &str = "one_connection PORT CA USER PASSWORD TO COUNT BYTES [--reused | --prompt]";

enum Way {
    OneEach,
    Reused,
    Prompt,
}

struct Told {
    port: u16,
    tls: TlsParameters,
    credentials: Credentials,
    from: String,
    to: String,
    count: usize,
    bytes: usize,
    way: Way,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let told = told(&std::env::args().skip(1).collect::<Vec<_>>())?;
    let taken = match told.way {
        Way::OneEach => one_each(&told).await?,
        Way::Reused => over_one(&told, reused(&told).await?).await?,
        Way::Prompt => over_one(&told, prompt(&told).await?).await?,
    };
    println!("{taken}");
    Ok(())
}

fn told(given: &[String]) -> Result<Told, Failure> {
    let [port, ca, user, password, to, count, bytes, more @ ..] = given else { return Err(USAGE.into()) };
    let way = match more {
        [] => Way::OneEach,
        [flag] if flag == "--reused" => Way::Reused,
        [flag] if flag == "--prompt" => Way::Prompt,
        _ => return Err(USAGE.into()),
    };
    let ca = Certificate::from_pem(&std::fs::read(ca)?)?;
    Ok(Told {
        port: port.parse()?,
        tls: TlsParameters::builder(HOST.to_owned()).add_root_certificate(ca).build()?,
        credentials: Credentials::new(user.clone(), password.clone()),
        from: user.clone(),
        to: to.clone(),
        count: count.parse()?,
        bytes: bytes.parse()?,
        way,
    })
}

async fn one_each(told: &Told) -> Result<usize, Failure> {
    let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(HOST)
        .port(told.port)
        .tls(Tls::Wrapper(told.tls.clone()))
        .credentials(told.credentials.clone())
        .timeout(Some(PATIENCE))
        .build();
    let mut taken = 0;
    for n in 1..=told.count {
        transport.send(mail(told, n)?).await?;
        taken += 1;
    }
    Ok(taken)
}

async fn reused(told: &Told) -> Result<AsyncSmtpConnection, Failure> {
    let (server, name) = ((HOST, told.port), ClientId::default());
    Ok(AsyncSmtpConnection::connect_tokio1(server, Some(PATIENCE), &name, Some(told.tls.clone()), None).await?)
}

async fn prompt(told: &Told) -> Result<AsyncSmtpConnection, Failure> {
    let stream = TcpStream::connect((HOST, told.port)).await?;
    stream.set_nodelay(true)?;
    let name = ClientId::default();
    let mut connection = AsyncSmtpConnection::connect_with_transport(Box::new(stream), &name).await?;
    connection.starttls(told.tls.clone(), &name).await?;
    Ok(connection)
}

async fn over_one(told: &Told, mut connection: AsyncSmtpConnection) -> Result<usize, Failure> {
    connection.auth(&[Mechanism::Plain], &told.credentials).await?;
    let mut taken = 0;
    for n in 1..=told.count {
        if n > 1 && !connection.test_connected().await {
            return Err(format!("the server ended the connection after {taken} mails").into());
        }
        let mail = mail(told, n)?;
        connection.send(mail.envelope(), &mail.formatted()).await?;
        taken += 1;
    }
    connection.quit().await?;
    Ok(taken)
}

/// The nth mail, filled up to its size; its Message-ID is lettre's own.
fn mail(told: &Told, n: usize) -> Result<Message, Failure> {
    let bare = with_text(told, n, String::new())?.formatted().len();
    with_text(told, n, text(told.bytes.saturating_sub(bare)))
}

fn with_text(told: &Told, n: usize, text: String) -> Result<Message, Failure> {
    let message = Message::builder()
        .from(told.from.parse()?)
        .to(told.to.parse()?)
        .subject(format!("Mail {n:06}"))
        .message_id(None)
        .header(ContentType::TEXT_PLAIN)
        .body(text)?;
    Ok(message)
}

/// Lines of 72 bytes, so many bytes in all.
fn text(bytes: usize) -> String {
    let line = format!("{}\r\n", "word ".repeat(14));
    line.chars().cycle().take(bytes).collect()
}
