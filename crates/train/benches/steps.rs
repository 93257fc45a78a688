//! Training steps and forward passes at the sizes that are measured beside PyTorch. The largest is
//! left to `cantus bench step L`, one step of which takes seconds.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use model::{Batch, Dropout, Encoder};
use train::Learner;
use train::speed::{Workload, synthetic_batch, synthetic_item, useful_operations};

const WORKLOADS: [(&str, Workload); 2] = [("Q", Workload::Quarters), ("S", Workload::Sixteenths)];

fn steps(criterion: &mut Criterion) {
    let device = model::device("cpu").expect("a processor");
    let mut group = criterion.benchmark_group("step");
    group.sample_size(10);
    for (name, workload) in WORKLOADS {
        let config = workload.config();
        let batch = synthetic_batch(&config);
        let mut learner = Learner::new(&config, &device).expect("a learner");
        let operations = useful_operations(&config.model, &batch);
        group.throughput(Throughput::Elements(operations as u64));
        group.bench_function(name, |bencher| bencher.iter(|| learner.step(&batch)));
    }
}

fn forward(criterion: &mut Criterion) {
    let device = model::device("cpu").expect("a processor");
    let mut group = criterion.benchmark_group("forward");
    for (name, workload) in WORKLOADS {
        let config = workload.config();
        let encoder = Encoder::new(&config.model, 1, &device).expect("an encoder");
        let batch = Batch::new([&synthetic_item(config.data.window)], encoder.config());
        let rows = batch.rows();
        let pass = || encoder.logits(&batch, &rows, &Dropout::OFF).into_data();
        group.bench_function(name, |bencher| bencher.iter(pass));
    }
}

criterion_group!(benches, steps, forward);
criterion_main!(benches);
