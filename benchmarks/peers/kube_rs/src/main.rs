//! kube-rs: lists, decodes and caches pods as its documentation and its examples teach.
//!
//! Speaks the lines of benchmarks/peer.py.

use std::error::Error;
use std::io::{self, BufRead, Write};
use std::sync::Arc;
use std::time::Instant;

use futures::StreamExt;
use k8s_openapi::api::core::v1::Pod;
use kube::api::{Api, ListParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::core::ObjectList;
use kube::runtime::{WatchStreamExt, reflector, watcher};
use kube::{Client, Config, ResourceExt};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

enum Work {
    Decode(Vec<u8>),
    List(Api<Pod>),
    Cache(Api<Pod>, usize),
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
    let mut out = io::stdout();
    writeln!(out, "{}", json!({"answer": digest(&work.done().await?)}))?;
    out.flush()?;
    for line in lines {
        line?;
        let (wall, cpu) = (Instant::now(), cpu_seconds());
        let pods = work.done().await?;
        if pods.iter().map(read).sum::<usize>() == 0 {
            return Err("nothing was read".into());
        }
        drop(pods); // freeing is a part of what objects cost where no garbage collector does it
        let spent = json!({
            "cpu_seconds": cpu_seconds() - cpu,
            "wall_seconds": wall.elapsed().as_secs_f64(),
        });
        writeln!(out, "{spent}")?;
        out.flush()?;
    }
    Ok(())
}

async fn prepared(parameters: &Value) -> Outcome<Work> {
    let text = |name: &str| parameters[name].as_str().unwrap_or_default().to_owned();
    if parameters["workload"] == "decode" {
        return Ok(Work::Decode(std::fs::read(text("body_file"))?));
    }
    let kubeconfig = Kubeconfig::read_from(text("kubeconfig"))?;
    let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await?;
    let api = Api::namespaced(Client::try_from(config)?, &text("namespace"));
    match parameters["workload"].as_str() {
        Some("list") => Ok(Work::List(api)),
        Some("cache") => Ok(Work::Cache(api, parameters["count"].as_u64().unwrap_or_default() as usize)),
        other => Err(format!("no such workload: {other:?}").into()),
    }
}

impl Work {
    async fn done(&self) -> Outcome<Pods> {
        match self {
            Work::Decode(body) => Ok(Pods::Owned(serde_json::from_slice::<ObjectList<Pod>>(body)?.items)),
            Work::List(api) => Ok(Pods::Owned(api.list(&ListParams::default()).await?.items)),
            Work::Cache(api, count) => {
                let (store, writer) = reflector::store();
                let stream = reflector(writer, watcher(api.clone(), watcher::Config::default()))
                    .default_backoff()
                    .touched_objects()
                    .for_each(|_| futures::future::ready(()));
                let following = tokio::spawn(stream);
                store.wait_until_ready().await?;
                let pods = store.state();
                following.abort();
                if pods.len() != *count {
                    return Err(format!("the store has {} pods", pods.len()).into());
                }
                Ok(Pods::Shared(pods))
            }
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
        metadata.managed_fields.as_ref()?.last()?.manager.clone()?,
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
