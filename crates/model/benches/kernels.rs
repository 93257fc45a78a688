//! The fused kernels of one layer, and the largest matrix product, at the sizes of the published
//! model and of a quarter of its width, in both precisions.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use model::{EncoderConfig, Norm, Precision, speed};

fn kernels(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("8208×512×2048");
    let (rows, inner, columns) = (8208, 512, 2048);
    let products = [
        ("the library's, f32", speed::library_product(rows, inner, columns)),
        ("f32", speed::product(rows, inner, columns, Precision::Single)),
        ("bf16", speed::product(rows, inner, columns, Precision::BFloat16)),
    ];
    for (name, mut product) in products {
        group.throughput(Throughput::Elements(product.operations as u64));
        group.bench_function(name, |bencher| bencher.iter(|| product.run()));
    }
    group.finish();
    for (name, width, slots, items) in [("width 128", 128, 64, 32), ("width 512", 512, 256, 16)] {
        let config = EncoderConfig {
            width,
            heads: 8,
            feed_forward: 4 * width,
            dropout: 0.3,
            norm: Norm::After,
            ..EncoderConfig::default()
        };
        for precision in [Precision::Single, Precision::BFloat16] {
            let mut group = criterion.benchmark_group(format!("{name}, {precision}"));
            group.sample_size(10);
            for mut kernel in speed::kernels(&config, items, slots, precision) {
                if kernel.operations > 0.0 {
                    group.throughput(Throughput::Elements(kernel.operations as u64));
                }
                group.bench_function(kernel.name, |bencher| bencher.iter(|| kernel.run()));
            }
            group.finish();
        }
    }
}

criterion_group!(benches, kernels);
criterion_main!(benches);
