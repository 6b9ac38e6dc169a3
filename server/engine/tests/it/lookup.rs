//! Look-ups at foreign domains reach public addresses alone, whatever the operator allows.

use crate::desk::Desk;
use crate::rig::unique;
use serde_json::json;
use std::time::Duration;
use tokio::net::TcpListener;

#[tokio::test]
async fn a_foreign_domain_can_not_lead_to_a_private_server() {
    let desk = Desk::open().await;
    let domain = format!("{}.example", unique());
    let inside = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = inside.local_addr().expect("its address").port();
    for name in [domain.clone(), format!("autoconfig.{domain}")] {
        desk.rig.call("/dns/set", json!({ "name": name, "type": "A", "values": ["127.0.0.1"] })).await;
    }
    for place in [format!("https://autoconfig.{domain}:{port}/"), format!("https://{domain}:{port}/")] {
        let refused = desk.engine.net.foreign().expect("a way out").get(&place).send().await;
        assert!(refused.is_err(), "{place}");
        let knocked = tokio::time::timeout(Duration::from_millis(300), inside.accept()).await;
        assert!(knocked.is_err(), "{place} was reached");
    }
    // The same name, typed by an admin whose operator allows the address, is reached.
    let (asked, knocked) = tokio::join!(
        desk.engine
            .net
            .http()
            .expect("a way out")
            .get(format!("https://{domain}:{port}/"))
            .timeout(Duration::from_secs(2))
            .send(),
        tokio::time::timeout(Duration::from_secs(2), inside.accept()),
    );
    assert!(asked.is_err() && knocked.is_ok_and(|k| k.is_ok()), "an allowed address is reached");
}
