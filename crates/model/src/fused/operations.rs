//! The fused kernels as differentiable operations of burn on its processor backend.

use std::sync::Arc;

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::{FlexTensor, Layout};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, backend_extension};
use burn::tensor::{Bytes, DType, Shape, Tensor};

use super::cross_entropy::CrossEntropy;
use super::feed_forward::{self, FeedForward};
use super::norm::Affine;
use super::rows::Pack;
use super::self_attention::{self, SelfAttention};

/// Operations that only the processor has.
#[backend_extension(Flex, Autodiff)]
trait Fused: Backend {
    fn pack(padded: FloatTensor<Self>, pack: Arc<Pack>) -> FloatTensor<Self>;

    #[allow(clippy::too_many_arguments)] // The inputs that have gradients.
    fn self_attention(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        projection: FloatTensor<Self>,
        projection_bias: FloatTensor<Self>,
        table: FloatTensor<Self>,
        output: FloatTensor<Self>,
        output_bias: FloatTensor<Self>,
        sublayer: Arc<SelfAttention>,
    ) -> FloatTensor<Self>;

    #[allow(clippy::too_many_arguments)] // The inputs that have gradients.
    fn feed_forward(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        inner: FloatTensor<Self>,
        inner_bias: FloatTensor<Self>,
        outer: FloatTensor<Self>,
        outer_bias: FloatTensor<Self>,
        sublayer: Arc<FeedForward>,
    ) -> FloatTensor<Self>;

    fn cross_entropy(logits: FloatTensor<Self>, asked: Arc<CrossEntropy>) -> FloatTensor<Self>;
}

/// Scale and shift of a norm.
pub(crate) struct AffineTensors {
    pub(crate) gamma: Tensor<1>,
    pub(crate) beta: Tensor<1>,
}

/// Weight `[in, out]` and bias of a linear layer.
pub(crate) struct LinearTensors {
    pub(crate) weight: Tensor<2>,
    pub(crate) bias: Tensor<1>,
}

/// [`Pack`] on `[items · length, width]`.
pub(crate) fn pack(padded: Tensor<2>, pack: Pack) -> Tensor<2> {
    Tensor::from_dispatch(<Dispatch as Fused>::pack(padded.into_dispatch(), Arc::new(pack)))
}

/// [`SelfAttention`] on `[rows, width]`, with a bias table `[heads, entries]`.
pub(crate) fn self_attention(
    x: Tensor<2>,
    norm: AffineTensors,
    projection: LinearTensors,
    table: Tensor<2>,
    output: LinearTensors,
    sublayer: SelfAttention,
) -> Tensor<2> {
    Tensor::from_dispatch(<Dispatch as Fused>::self_attention(
        x.into_dispatch(),
        norm.gamma.into_dispatch(),
        norm.beta.into_dispatch(),
        projection.weight.into_dispatch(),
        projection.bias.into_dispatch(),
        table.into_dispatch(),
        output.weight.into_dispatch(),
        output.bias.into_dispatch(),
        Arc::new(sublayer),
    ))
}

/// [`FeedForward`] on `[rows, width]`.
pub(crate) fn feed_forward(
    x: Tensor<2>,
    norm: AffineTensors,
    inner: LinearTensors,
    outer: LinearTensors,
    sublayer: FeedForward,
) -> Tensor<2> {
    Tensor::from_dispatch(<Dispatch as Fused>::feed_forward(
        x.into_dispatch(),
        norm.gamma.into_dispatch(),
        norm.beta.into_dispatch(),
        inner.weight.into_dispatch(),
        inner.bias.into_dispatch(),
        outer.weight.into_dispatch(),
        outer.bias.into_dispatch(),
        Arc::new(sublayer),
    ))
}

/// [`CrossEntropy`] of `[rows, classes]`: a scalar `[1]`.
pub(crate) fn cross_entropy(logits: Tensor<2>, asked: CrossEntropy) -> Tensor<1> {
    Tensor::from_dispatch(<Dispatch as Fused>::cross_entropy(
        logits.into_dispatch(),
        Arc::new(asked),
    ))
}

/// The numbers of a contiguous tensor.
fn numbers(tensor: &FlexTensor) -> &[f32] {
    let start = tensor.layout().start_offset();
    &tensor.storage::<f32>()[start..start + tensor.layout().num_elements()]
}

fn tensor(values: Vec<f32>, shape: impl Into<Shape>) -> FlexTensor {
    FlexTensor::new(Bytes::from_elems(values), Layout::contiguous(shape.into()), DType::F32)
}

/// `[rows, width]` with the width of another tensor.
fn rows(values: Vec<f32>, like: &FlexTensor) -> FlexTensor {
    let [_, width] = like.layout().shape().dims();
    let shape = [values.len() / width, width];
    tensor(values, shape)
}

/// With the shape of another tensor.
fn shaped(values: Vec<f32>, like: &FlexTensor) -> FlexTensor {
    tensor(values, like.layout().shape().clone())
}

fn attention_weights(inputs: &[FlexTensor; 8]) -> self_attention::Weights<'_> {
    let [_, gamma, beta, projection, projection_bias, table, output, output_bias] =
        inputs.each_ref().map(numbers);
    self_attention::Weights {
        affine: Affine { gamma, beta },
        projection,
        projection_bias,
        table,
        output,
        output_bias,
    }
}

fn feed_forward_weights(inputs: &[FlexTensor; 7]) -> feed_forward::Weights<'_> {
    let [_, gamma, beta, inner, inner_bias, outer, outer_bias] = inputs.each_ref().map(numbers);
    feed_forward::Weights { affine: Affine { gamma, beta }, inner, inner_bias, outer, outer_bias }
}

impl Fused for Flex {
    fn pack(padded: FlexTensor, pack: Arc<Pack>) -> FlexTensor {
        let padded = padded.to_contiguous();
        let [_, width] = padded.layout().shape().dims();
        rows(pack.forward(numbers(&padded), width), &padded)
    }

    fn self_attention(
        x: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        projection: FlexTensor,
        projection_bias: FlexTensor,
        table: FlexTensor,
        output: FlexTensor,
        output_bias: FlexTensor,
        sublayer: Arc<SelfAttention>,
    ) -> FlexTensor {
        let inputs = [x, gamma, beta, projection, projection_bias, table, output, output_bias]
            .map(|input| input.to_contiguous());
        let (y, _) = sublayer.forward(numbers(&inputs[0]), attention_weights(&inputs));
        rows(y, &inputs[0])
    }

    fn feed_forward(
        x: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        inner: FlexTensor,
        inner_bias: FlexTensor,
        outer: FlexTensor,
        outer_bias: FlexTensor,
        sublayer: Arc<FeedForward>,
    ) -> FlexTensor {
        let inputs = [x, gamma, beta, inner, inner_bias, outer, outer_bias]
            .map(|input| input.to_contiguous());
        let (y, _) = sublayer.forward(numbers(&inputs[0]), feed_forward_weights(&inputs));
        rows(y, &inputs[0])
    }

    fn cross_entropy(logits: FlexTensor, asked: Arc<CrossEntropy>) -> FlexTensor {
        tensor(vec![asked.forward(numbers(&logits.to_contiguous()))], [1])
    }
}

/// Hands each gradient to the input it belongs to, if that one wants it.
fn register<const N: usize>(
    parents: [Option<burn::backend::autodiff::NodeId>; N],
    gradients: &mut Gradients,
    found: [FlexTensor; N],
) {
    for (parent, gradient) in parents.into_iter().zip(found) {
        if let Some(id) = parent {
            gradients.register::<Flex>(id, gradient);
        }
    }
}

#[derive(Debug)]
struct PackBackward;

impl Backward<Flex, 1> for PackBackward {
    type State = (Shape, Arc<Pack>);

    fn backward(
        self,
        ops: Ops<Self::State, 1>,
        gradients: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        let gradient = gradients.consume::<Flex>(&ops.node).to_contiguous();
        let (shape, pack) = ops.state;
        let [padded_rows, width] = shape.dims();
        let found = pack.backward(numbers(&gradient), padded_rows, width);
        let parents = ops.parents.map(|parent| parent.map(|node| node.id));
        register(parents, gradients, [tensor(found, shape)]);
    }
}

#[derive(Debug)]
struct SelfAttentionBackward;

impl Backward<Flex, 8> for SelfAttentionBackward {
    type State = ([FlexTensor; 8], self_attention::Saved, Arc<SelfAttention>);

    fn backward(
        self,
        ops: Ops<Self::State, 8>,
        gradients: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        let gradient = gradients.consume::<Flex>(&ops.node).to_contiguous();
        let (inputs, saved, sublayer) = ops.state;
        let weights = attention_weights(&inputs);
        let found = sublayer.backward(numbers(&inputs[0]), weights, saved, numbers(&gradient));
        let [x, gamma, beta, projection, projection_bias, table, output, output_bias] = &inputs;
        let found = [
            shaped(found.x, x),
            shaped(found.affine.gamma, gamma),
            shaped(found.affine.beta, beta),
            shaped(found.projection, projection),
            shaped(found.projection_bias, projection_bias),
            shaped(found.table, table),
            shaped(found.output, output),
            shaped(found.output_bias, output_bias),
        ];
        let parents = ops.parents.map(|parent| parent.map(|node| node.id));
        register(parents, gradients, found);
    }
}

#[derive(Debug)]
struct FeedForwardBackward;

impl Backward<Flex, 7> for FeedForwardBackward {
    type State = ([FlexTensor; 7], feed_forward::Saved, Arc<FeedForward>);

    fn backward(
        self,
        ops: Ops<Self::State, 7>,
        gradients: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        let gradient = gradients.consume::<Flex>(&ops.node).to_contiguous();
        let (inputs, saved, sublayer) = ops.state;
        let weights = feed_forward_weights(&inputs);
        let found = sublayer.backward(numbers(&inputs[0]), weights, saved, numbers(&gradient));
        let [x, gamma, beta, inner, inner_bias, outer, outer_bias] = &inputs;
        let found = [
            shaped(found.x, x),
            shaped(found.affine.gamma, gamma),
            shaped(found.affine.beta, beta),
            shaped(found.inner, inner),
            shaped(found.inner_bias, inner_bias),
            shaped(found.outer, outer),
            shaped(found.outer_bias, outer_bias),
        ];
        let parents = ops.parents.map(|parent| parent.map(|node| node.id));
        register(parents, gradients, found);
    }
}

#[derive(Debug)]
struct CrossEntropyBackward;

impl Backward<Flex, 1> for CrossEntropyBackward {
    type State = (FlexTensor, Arc<CrossEntropy>);

    fn backward(
        self,
        ops: Ops<Self::State, 1>,
        gradients: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        let gradient = gradients.consume::<Flex>(&ops.node).to_contiguous();
        let (logits, asked) = ops.state;
        let found = asked.backward(numbers(&logits), numbers(&gradient)[0]);
        let parents = ops.parents.map(|parent| parent.map(|node| node.id));
        register(parents, gradients, [shaped(found, &logits)]);
    }
}

impl<C: CheckpointStrategy> Fused for Autodiff<Flex, C> {
    fn pack(padded: FloatTensor<Self>, pack: Arc<Pack>) -> FloatTensor<Self> {
        let (padded, node) = padded.into_parts();
        let shape = padded.layout().shape().clone();
        let packed = Flex::pack(padded, pack.clone());
        match PackBackward.prepare::<C>([node]).compute_bound().stateful() {
            OpsKind::Tracked(prepared) => prepared.finish((shape, pack), packed),
            OpsKind::UnTracked(prepared) => prepared.finish(packed),
        }
    }

    fn self_attention(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        projection: FloatTensor<Self>,
        projection_bias: FloatTensor<Self>,
        table: FloatTensor<Self>,
        output: FloatTensor<Self>,
        output_bias: FloatTensor<Self>,
        sublayer: Arc<SelfAttention>,
    ) -> FloatTensor<Self> {
        let parts = [x, gamma, beta, projection, projection_bias, table, output, output_bias]
            .map(|input| input.into_parts());
        let inputs = parts.each_ref().map(|(input, _)| input.to_contiguous());
        let nodes = parts.map(|(_, node)| node);
        let (y, saved) = sublayer.forward(numbers(&inputs[0]), attention_weights(&inputs));
        let y = rows(y, &inputs[0]);
        match SelfAttentionBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prepared) => prepared.finish((inputs, saved, sublayer), y),
            OpsKind::UnTracked(prepared) => prepared.finish(y),
        }
    }

    fn feed_forward(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        inner: FloatTensor<Self>,
        inner_bias: FloatTensor<Self>,
        outer: FloatTensor<Self>,
        outer_bias: FloatTensor<Self>,
        sublayer: Arc<FeedForward>,
    ) -> FloatTensor<Self> {
        let parts =
            [x, gamma, beta, inner, inner_bias, outer, outer_bias].map(|input| input.into_parts());
        let inputs = parts.each_ref().map(|(input, _)| input.to_contiguous());
        let nodes = parts.map(|(_, node)| node);
        let (y, saved) = sublayer.forward(numbers(&inputs[0]), feed_forward_weights(&inputs));
        let y = rows(y, &inputs[0]);
        match FeedForwardBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prepared) => prepared.finish((inputs, saved, sublayer), y),
            OpsKind::UnTracked(prepared) => prepared.finish(y),
        }
    }

    fn cross_entropy(logits: FloatTensor<Self>, asked: Arc<CrossEntropy>) -> FloatTensor<Self> {
        let (logits, node) = logits.into_parts();
        let logits = logits.to_contiguous();
        let loss = Flex::cross_entropy(logits.clone(), asked.clone());
        match CrossEntropyBackward.prepare::<C>([node]).compute_bound().stateful() {
            OpsKind::Tracked(prepared) => prepared.finish((logits, asked), loss),
            OpsKind::UnTracked(prepared) => prepared.finish(loss),
        }
    }
}
