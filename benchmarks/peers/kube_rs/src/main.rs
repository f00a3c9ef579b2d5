//! kube-rs: lists, decodes and caches pods as its documentation and its examples teach.
//!
//! Speaks the lines of benchmarks/peer.py.

use std::error::Error;
use std::io::{self, BufRead, Write};
use std::sync::Arc;
use std::time::Instant;

use futures::StreamExt;
use futures::stream::BoxStream;
use k8s_openapi::api::core::v1::Pod;
use kube::api::{Api, ListParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::core::ObjectList;
use kube::runtime::{WatchStreamExt, reflector, watcher};
use kube::{Client, Config, ResourceExt};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::Notify;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

enum Work {
    Decode(Vec<u8>),
    List(Api<Pod>),
    Cache(Cache),
}

struct Cache {
    api: Api<Pod>,
    count: usize,
    changes: usize,
    batch: usize,
    strips: bool,
    is_kept: bool,
}

/// What a round has cost; what comes before `begin` is not a part of it.
struct Round {
    wall: Instant,
    cpu: f64,
    bytes: f64,
    kept: Option<f64>,
}

impl Round {
    fn new() -> Self {
        Self { wall: Instant::now(), cpu: cpu_seconds(), bytes: allocated_bytes(), kept: None }
    }

    /// Says that others may do their part, and begins to measure.
    fn begin(&mut self) -> Outcome<()> {
        (self.wall, self.cpu) = (Instant::now(), cpu_seconds());
        said(&json!({"ready": true}))
    }

    fn spent(&self) -> Value {
        match self.kept {
            Some(kept) => json!({"kept_bytes": kept}),
            None => json!({
                "cpu_seconds": cpu_seconds() - self.cpu,
                "wall_seconds": self.wall.elapsed().as_secs_f64(),
            }),
        }
    }
}

enum Pods {
    Owned(Vec<Pod>),
    Shared(Vec<Arc<Pod>>),
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let mut lines = io::stdin().lock().lines();
    let parameters: Value = serde_json::from_str(&lines.next().ok_or("no parameters")??)?;
    let work = prepared(&parameters).await?;
    said(&json!({"answer": digest(&work.done(&mut Round::new()).await?)}))?;
    for line in lines {
        line?;
        let mut round = Round::new();
        let pods = work.done(&mut round).await?;
        if pods.iter().map(read).sum::<usize>() == 0 {
            return Err("nothing was read".into());
        }
        drop(pods); // freeing is a part of what objects cost where no garbage collector does it
        said(&round.spent())?;
    }
    Ok(())
}

fn said(message: &Value) -> Outcome<()> {
    let mut out = io::stdout();
    writeln!(out, "{message}")?;
    Ok(out.flush()?)
}

async fn prepared(parameters: &Value) -> Outcome<Work> {
    let text = |name: &str| parameters[name].as_str().unwrap_or_default().to_owned();
    if parameters["workload"] == "decode" {
        return Ok(Work::Decode(std::fs::read(text("body_file"))?));
    }
    let kubeconfig = Kubeconfig::read_from(text("kubeconfig"))?;
    let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await?;
    let api = Api::namespaced(Client::try_from(config)?, &text("namespace"));
    let number = |name: &str| parameters[name].as_u64().unwrap_or_default() as usize;
    match parameters["workload"].as_str() {
        Some("list") => Ok(Work::List(api)),
        Some(name @ ("cache" | "keep-cached" | "updates")) => Ok(Work::Cache(Cache {
            api,
            count: number("count"),
            changes: number("changes"),
            batch: number("batch"),
            strips: parameters["strip"] == true,
            is_kept: name == "keep-cached",
        })),
        other => Err(format!("no such workload: {other:?}").into()),
    }
}

impl Work {
    async fn done(&self, round: &mut Round) -> Outcome<Pods> {
        match self {
            Work::Decode(body) => Ok(Pods::Owned(serde_json::from_slice::<ObjectList<Pod>>(body)?.items)),
            Work::List(api) => Ok(Pods::Owned(api.list(&ListParams::default()).await?.items)),
            Work::Cache(cache) => Ok(Pods::Shared(cache.filled(round).await?)),
        }
    }
}

impl Cache {
    /// Fills a store, is told of changes if there are to be any, and gives the store's pods.
    async fn filled(&self, round: &mut Round) -> Outcome<Vec<Arc<Pod>>> {
        let (store, writer) = reflector::store();
        let all = Arc::new(Notify::new());
        let told = all.clone();
        let (there, batch, mut left) = (self.count, self.batch.max(1), self.count + self.changes);
        let last = self.changes;
        let stream = reflector(writer, self.events()).default_backoff().touched_objects().for_each(move |_| {
            left = left.saturating_sub(1);
            if left == 0 {
                told.notify_one();
            } else if left < last && (last - left) % batch == 0 {
                let _ = said(&json!({"ready": true})); // whoever hears nothing waits no longer
            }
            futures::future::ready(())
        });
        let following = tokio::spawn(stream);
        store.wait_until_ready().await?;
        if self.changes > 0 {
            round.begin()?;
            all.notified().await;
        }
        let pods = store.state();
        if self.is_kept {
            round.kept = Some((allocated_bytes() - round.bytes) / there as f64);
        }
        following.abort();
        if pods.len() != there {
            return Err(format!("the store has {} pods", pods.len()).into());
        }
        Ok(pods)
    }

    fn events(&self) -> BoxStream<'static, watcher::Result<watcher::Event<Pod>>> {
        let events = watcher(self.api.clone(), watcher::Config::default());
        if self.strips {
            events.modify(|pod| pod.metadata.managed_fields = None).boxed()
        } else {
            events.boxed()
        }
    }
}

impl Pods {
    fn iter(&self) -> Box<dyn Iterator<Item = &Pod> + '_> {
        match self {
            Pods::Owned(pods) => Box::new(pods.iter()),
            Pods::Shared(pods) => Box::new(pods.iter().map(Arc::as_ref)),
        }
    }
}

fn read(pod: &Pod) -> usize {
    let phase = pod.status.as_ref().and_then(|status| status.phase.as_ref());
    let image = pod.spec.as_ref().and_then(|spec| spec.containers[0].image.as_ref());
    pod.name_any().len() + phase.map_or(0, String::len) + image.map_or(0, String::len)
}

fn digest(pods: &Pods) -> Value {
    let mut rows: Vec<Vec<String>> = pods.iter().map(|pod| row(pod).unwrap_or_default()).collect();
    rows.sort();
    let text: Vec<String> = rows.iter().map(|row| row.join("|")).collect();
    let sum = Sha256::digest(text.join("\n").as_bytes());
    let hex: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
    json!([rows.len(), hex])
}

fn row(pod: &Pod) -> Option<Vec<String>> {
    let (metadata, spec, status) = (&pod.metadata, pod.spec.as_ref()?, pod.status.as_ref()?);
    let requests = spec.containers[0].resources.as_ref()?.requests.as_ref()?;
    Some(vec![
        metadata.namespace.clone()?,
        metadata.name.clone()?,
        metadata.uid.clone()?,
        metadata.resource_version.clone()?,
        metadata.labels.as_ref()?["app.kubernetes.io/name"].clone(),
        metadata.managed_fields.as_ref().map_or(Some(String::new()), |fields| fields.last()?.manager.clone())?,
        spec.containers.last()?.image.clone()?,
        requests["memory"].0.clone(),
        spec.tolerations.as_ref()?.last()?.key.clone()?,
        spec.volumes.as_ref()?.last()?.name.clone(),
        status.phase.clone()?,
        status.pod_ip.clone()?,
        status.conditions.as_ref()?.last()?.type_.clone(),
        status.container_statuses.as_ref()?.first()?.container_id.clone()?,
    ])
}

/// Memory that is allocated now, as the C library's allocator counts it.
fn allocated_bytes() -> f64 {
    // SAFETY: it takes nothing, and gives numbers.
    let info = unsafe { libc::mallinfo2() };
    (info.uordblks + info.hblkhd) as f64
}

fn cpu_seconds() -> f64 {
    // SAFETY: getrusage fills the structure that it is given; all zeros are a valid one.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &mut usage);
        usage
    };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}
