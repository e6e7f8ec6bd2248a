//! The answers of the server against its description: nothing is said that `/openapi.json` does not
//! know, nothing is missing that it requires, and nothing is described that is never said.

use std::collections::BTreeSet;

use mazad_engine::domain::{BidNo, LotAct, LotNo, Paddle, SaleAct, VoidCause};
use mazad_engine::testing;
use mazad_gateway::Limits;
use mazad_office::{Logins, NewInvite, Role};
use serde_json::{Map, Value, json};

use crate::raw_http::Answered;
use crate::support::{ServedSale, get, post, request};

/// What a schema allows, its references followed and its parts put together.
#[derive(Default)]
struct Shape {
    kinds: BTreeSet<String>,
    properties: Map<String, Value>,
    required: BTreeSet<String>,
    items: Option<Value>,
    words: Option<Vec<Value>>,
    /// Where it is described, if it has a name.
    name: String,
}

struct Description {
    document: Value,
    /// `Schema.field` for each that an answer had.
    seen: BTreeSet<String>,
}

impl Description {
    fn shape(&self, schema: &Value) -> Shape {
        if let Some(reference) = schema["$ref"].as_str() {
            let name = reference.strip_prefix("#/components/schemas/").unwrap();
            let found = &self.document["components"]["schemas"][name];
            assert!(found.is_object(), "{name} is not described");
            let shape = self.shape(found);
            let name = name.to_owned();
            return Shape { name, ..shape };
        }
        let mut shape = Shape::default();
        let parts = |key: &str| schema[key].as_array().into_iter().flatten();
        match &schema["type"] {
            Value::String(kind) => drop(shape.kinds.insert(kind.clone())),
            Value::Array(kinds) => {
                let kinds = kinds.iter().map(|kind| kind.as_str().unwrap().to_owned());
                shape.kinds.extend(kinds);
            }
            _ => {}
        }
        let properties = schema["properties"].as_object().cloned();
        shape.properties = properties.unwrap_or_default();
        let required = parts("required").map(|name| name.as_str().unwrap().to_owned());
        shape.required.extend(required);
        shape.items = schema.get("items").cloned();
        shape.words = schema["enum"].as_array().cloned();
        for part in parts("allOf") {
            let part = self.shape(part);
            shape.kinds.extend(part.kinds);
            shape.required.extend(part.required);
            shape.properties.extend(part.properties);
        }
        // One or the other: what each requires is left to whoever reads it.
        for part in parts("oneOf") {
            let part = self.shape(part);
            shape.kinds.extend(part.kinds);
            shape.properties.extend(part.properties);
        }
        shape
    }

    fn check(&mut self, at: &str, schema: &Value, value: &Value) {
        let shape = self.shape(schema);
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "integer",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        assert!(shape.kinds.contains(kind), "{at}: {value}");
        if let Some(words) = &shape.words {
            assert!(words.contains(value), "{at}: {value}");
        }
        match value {
            Value::Array(values) => {
                let items = shape.items.unwrap();
                values.iter().for_each(|one| self.check(at, &items, one));
            }
            // An event's data: its shape is told by its kind.
            Value::Object(_) if shape.properties.is_empty() && shape.name.is_empty() => {}
            Value::Object(fields) => {
                for name in &shape.required {
                    assert!(fields.contains_key(name), "{at}: no {name} in {value}");
                }
                for (name, field) in fields {
                    let at = format!("{at}.{name}");
                    let schema = shape.properties.get(name);
                    let schema = schema.unwrap_or_else(|| panic!("{at} is not described"));
                    self.check(&at, schema, field);
                    self.seen.insert(format!("{}.{name}", shape.name));
                }
            }
            _ => {}
        }
    }

    fn answer(&mut self, method: &str, path: &str, answered: &Answered) {
        let at = format!("{method} {path} {}", answered.status);
        let told = &self.document["paths"][path][method]["responses"];
        let content = &told[answered.status.to_string()]["content"];
        let (kind, content) = match content.as_object() {
            Some(content) => content.iter().next().unwrap(),
            None => {
                assert_eq!(answered.status, 204, "{at} is not described: {answered:?}");
                assert_eq!(answered.body, "", "{at}");
                return;
            }
        };
        let told = answered.header("content-type").unwrap_or_default();
        assert_eq!(told.split(';').next(), Some(kind.as_str()), "{at}");
        if kind == "application/json" {
            let schema = content["schema"].clone();
            self.check(&at, &schema, &answered.json());
        }
    }
}

/// A sale with a history, and what is said about it.
struct Told {
    stage: ServedSale,
    description: Description,
}

impl Told {
    async fn open() -> Self {
        let stage = ServedSale::with_limits(Limits::unhindered(), 3).await;
        let (_, bidder) = stage.person(Role::Bidder, 7).await;
        stage.bid(&bidder, 1, 5000).await;
        let (_, other) = stage.person(Role::Bidder, 6).await;
        stage.bid(&other, 3, 2000).await;
        stage.bid(&bidder, 3, 5000).await;
        stage.hammer(3).await;
        let void = LotAct::VoidBid {
            bid: BidNo(2),
            cause: VoidCause::ProvenError,
            note: "n".to_owned(),
            leads_to: Some((Paddle(6), testing::money(1000))),
        };
        stage.act(void.of(LotNo(3))).await;
        let reason = "lights out".to_owned();
        stage.act(SaleAct::Pause { reason }.into()).await;
        stage.act(SaleAct::Resume.into()).await;
        stage.hammer(1).await;
        let document = get(&stage.server, "/openapi.json", None).await.json();
        let seen = BTreeSet::new();
        let description = Description { document, seen };
        Self { stage, description }
    }

    /// A described path with values in it.
    fn address(&self, path: &str) -> String {
        path.replace("{sale}", &self.stage.sale.to_string())
            .replace("{lot}", "1")
    }

    /// Asks for what must be there.
    async fn get(&mut self, path: &str, more: &str, token: Option<&str>) -> Value {
        let address = format!("{}{more}", self.address(path));
        let answered = get(&self.stage.server, &address, token).await;
        self.description.answer("get", path, &answered);
        assert_eq!(answered.status, 200, "{path}: {answered:?}");
        serde_json::from_str(&answered.body).unwrap_or_default()
    }

    /// Sends a body, and what the description says about it must be so: an unknown field is refused,
    /// and so is a body without one of those that it requires.
    async fn post(&mut self, path: &str, token: Option<&str>, body: &Value) -> Answered {
        let told = &self.description.document["paths"][path]["post"]["requestBody"];
        let schema = &told["content"]["application/json"]["schema"];
        let shape = self.description.shape(schema);
        let fields = body.as_object().unwrap();
        for name in shape.properties.keys() {
            let mut without = fields.clone();
            without.remove(name);
            if shape.required.contains(name) {
                self.refuses(path, token, &Value::Object(without)).await;
            }
        }
        let mut more = fields.clone();
        more.insert("more".to_owned(), json!(1));
        self.refuses(path, token, &Value::Object(more)).await;
        let schema = schema.clone();
        self.description.check(path, &schema, body);
        let answered = post(
            &self.stage.server,
            &self.address(path),
            token,
            &body.to_string(),
        )
        .await;
        self.description.answer("post", path, &answered);
        answered
    }

    async fn refuses(&self, path: &str, token: Option<&str>, body: &Value) {
        let address = self.address(path);
        let answered = post(&self.stage.server, &address, token, &body.to_string()).await;
        assert_eq!(answered.code(), "malformed", "{path} {body}: {answered:?}");
    }
}

#[tokio::test]
async fn every_answer_is_as_described_and_every_field_is_answered() {
    let mut told = Told::open().await;
    what_is_read(&mut told).await;
    commands(&mut told).await;
    people(&mut told).await;
    tables(&mut told).await;
    logins(&mut told).await;
    every_field_was_seen(&told.description);
    told.stage.server.stop().await.unwrap();
}

async fn what_is_read(told: &mut Told) {
    // The list is behind what was decided by a moment.
    while told.get("/api/sales", "", None).await["sales"][0]["knockedDown"] != 1 {
        tokio::task::yield_now().await;
    }
    let (analyst, _) = told.stage.person(Role::Analyst, 0).await;
    let analyst = Some(analyst.as_str());
    let history = "/api/sales/{sale}/lots/{lot}/history";
    let events = "/api/sales/{sale}/events";
    for (path, more, token) in [
        ("/api/sales/{sale}", "", None),
        ("/api/sales/{sale}/snapshot", "", None),
        ("/api/sales/{sale}/lots/{lot}", "", None),
        (history, "", None),
        (history, "?after=0&limit=1", None),
        (history, "", analyst),
        (events, "", analyst),
        (events, "?after=0&limit=1", analyst),
        ("/api/sales/{sale}/results", "", None),
        ("/healthz", "", None),
        ("/readyz", "", None),
        ("/metrics", "", analyst),
    ] {
        told.get(path, more, token).await;
    }
    // There is no read model here.
    let busy = get(&told.stage.server, "/api/search?q=land", None).await;
    told.description.answer("get", "/api/search", &busy);
}

async fn commands(told: &mut Told) {
    let (bidder, _) = told.stage.person(Role::Bidder, 8).await;
    let bidder = Some(bidder.as_str());
    let sale = told.stage.sale.to_string();
    let bid = told.stage.place(2, 2000);
    let body = serde_json::to_value(&bid).unwrap();
    let answered = told.post("/api/sales/{sale}/commands", bidder, &body).await;
    assert_eq!(answered.status, 200, "{answered:?}");
    for id in [&bid.id, &sale] {
        let address = format!("/api/sales/{sale}/answers/{id}");
        let answered = get(&told.stage.server, &address, bidder).await;
        assert_eq!(answered.status, 200, "{answered:?}");
        let path = "/api/sales/{sale}/answers/{id}";
        told.description.answer("get", path, &answered);
    }
    told.get("/api/sales/{sale}/mine", "", bidder).await;

    let (clerk, _) = told.stage.person(Role::Clerk, 0).await;
    let hammer = json!({ "sale": sale, "hammerLot": { "lot": 2 } });
    let previewed = told.post("/api/v1/preview", Some(&clerk), &hammer).await;
    assert_eq!(previewed.status, 200, "{previewed:?}");
    let refused = json!({ "sale": sale, "hammerLot": { "lot": 99 } });
    let refused = told.post("/api/v1/preview", Some(&clerk), &refused).await;
    assert_eq!(refused.json()["code"], "lot-unknown", "{refused:?}");
}

async fn people(told: &mut Told) {
    let (admin, _) = told.stage.person(Role::Admin, 0).await;
    let admin = Some(admin.as_str());
    let sale = told.stage.sale.to_string();
    let invite = json!({ "role": "ROLE_BIDDER", "sale": sale, "paddle": 12, "limit": "500000",
        "label": "desk 1", "validMinutes": 60, "endLogins": true });
    let invited = told.post("/api/invites", admin, &invite).await;
    assert_eq!(invited.status, 200, "{invited:?}");
    let again = json!({ "role": "ROLE_CLERK", "account": sale });
    let unknown = told.post("/api/invites", admin, &again).await;
    assert_eq!(unknown.status, 404, "{unknown:?}");

    told.get("/api/people", "", admin).await;
    let first = told.get("/api/people", "?limit=1", admin).await;
    let next = first["next"].as_str().unwrap();
    let more = format!("?after={next}&limit=1");
    told.get("/api/people", &more, admin).await;

    for path in ["/api/people/revoke", "/api/people/disable"] {
        let answered = told.post(path, admin, &json!({ "id": sale })).await;
        assert_eq!(answered.status, 404, "{path}: {answered:?}");
    }
    let account = &invited.json()["account"];
    let ending = json!({ "id": account });
    let ended = told.post("/api/people/disable", admin, &ending).await;
    assert_eq!(ended.status, 204, "{ended:?}");
}

async fn tables(told: &mut Told) {
    let (admin, _) = told.stage.person(Role::Admin, 0).await;
    let bearer =
        format!("content-type: application/octet-stream\r\nauthorization: Bearer {admin}\r\n");
    let path = "/api/v1/import";
    for (query, table) in [
        (
            "?titleEn=New&opensAt=2099-01-01T10:00",
            "lot,title_en,opening\n1,Land,1000\n",
        ),
        ("?titleEn=New", "lot,title_en,opening\n1,Land,dear\n"),
    ] {
        let address = format!("{path}{query}");
        let told_of = request(&told.stage.server, "POST", &address, &bearer, table).await;
        assert_eq!(told_of.status, 200, "{told_of:?}");
        told.description.answer("post", path, &told_of);
    }
    let admin = Some(admin.as_str());
    told.get("/api/v1/backup", "", admin).await;
}

async fn logins(told: &mut Told) {
    let path = "/api/session";
    let invite = NewInvite {
        role: Role::Bidder,
        sale: Some(told.stage.sale),
        paddle: Some(Paddle(9)),
        account: None,
        label: String::new(),
        valid_for: None,
        logins: Logins::Keep,
    };
    let office = told.stage.server.office();
    let secret = office.invite(None, invite).await.unwrap().secret;
    let redeem = json!({ "secret": secret.as_str() });
    let looked = told.post("/api/v1/invitation", None, &redeem).await;
    assert_eq!(looked.status, 200, "{looked:?}");
    let program = "content-type: application/json\r\nmazad-client: program\r\n";
    let body = redeem.to_string();
    let entered = request(&told.stage.server, "POST", path, program, &body).await;
    told.description.answer("post", path, &entered);
    let used = told.post(path, None, &redeem).await;
    assert_eq!(used.status, 401, "{used:?}");

    let entered = entered.json();
    let token = entered["token"].as_str();
    told.get(path, "", token).await;
    told.get(path, "", None).await;
    let ticket = post(&told.stage.server, "/api/tickets", token, "").await;
    told.description.answer("post", "/api/tickets", &ticket);
    let device = post(&told.stage.server, "/api/v1/device", token, "").await;
    told.description.answer("post", "/api/v1/device", &device);
    let bearer = format!("authorization: Bearer {}\r\n", token.unwrap());
    let left = request(&told.stage.server, "DELETE", path, &bearer, "").await;
    assert_eq!(left.status, 204, "{left:?}");
    told.description.answer("delete", path, &left);
}

fn every_field_was_seen(description: &Description) {
    let mut never = BTreeSet::new();
    let schemas = description.document["components"]["schemas"].as_object();
    for (name, schema) in schemas.unwrap() {
        // Messages of the wire are described by their fields alone; other tests hold them. An
        // author's fields stand in the line of the event.
        if schema.get("description").is_none() || name == "Author" {
            continue;
        }
        let shape = description.shape(schema);
        let fields = shape.properties.keys();
        let fields = fields.map(|field| format!("{name}.{field}"));
        never.extend(fields.filter(|field| !description.seen.contains(field)));
    }
    // What no answer had here is held by tests of the server's own.
    let elsewhere = |field: &String| {
        ["BackupNote.", "BackupState.", "Halted.", "Hit.", "Hits."]
            .iter()
            .any(|name| field.starts_with(name))
    };
    never.retain(|field| !elsewhere(field));
    assert_eq!(never, BTreeSet::new());
}
