//! All parameters of an encoder as one flat array with names.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Gradients, Tensor, TensorData};
use rayon::prelude::*;

use crate::Encoder;

/// One named parameter within the flat array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its path: `layers.0.attention.output.weight`.
    pub name: String,
    /// What it is used for.
    pub kind: ParameterKind,
    /// Its shape; linear weights are `[in, out]`.
    pub shape: Vec<usize>,
    /// Where its values lie.
    pub range: std::ops::Range<usize>,
}

/// What a parameter is used for, which decides how it is trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// The matrix of a linear layer.
    Matrix,
    /// A table whose rows are looked up.
    Embedding,
    /// The relative attention bias.
    RelativeBias,
    /// A norm or the bias of a linear layer.
    Vector,
}

impl ParameterKind {
    /// What a parameter of `dimensions` is used for in a module of type `container`, as burn
    /// names it.
    fn of(container: &str, dimensions: usize) -> Self {
        match container {
            "Struct:Embedding" => Self::Embedding,
            "Struct:RelativeBias" => Self::RelativeBias,
            _ if dimensions > 1 => Self::Matrix,
            _ => Self::Vector,
        }
    }
}

/// Names, shapes and places of all parameters, in a fixed order.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Layout {
    /// The parameters in order.
    pub parameters: Vec<Parameter>,
}

impl Layout {
    /// How many numbers there are in all.
    pub fn len(&self) -> usize {
        self.parameters.last().map_or(0, |parameter| parameter.range.end)
    }

    /// Whether there is no parameter.
    pub fn is_empty(&self) -> bool {
        self.parameters.is_empty()
    }
}

/// Values of all parameters, or one number per parameter value such as its gradient.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters {
    /// Where each parameter lies.
    pub layout: Layout,
    /// The values.
    pub values: Vec<f32>,
}

/// Reads something for every parameter on the way through a module.
struct Collector<'a> {
    path: Vec<String>,
    /// Types of the modules that the path goes through.
    containers: Vec<String>,
    layout: Layout,
    values: Vec<f32>,
    wanted: Wanted<'a>,
}

/// What is read of every parameter beside its place.
enum Wanted<'a> {
    /// Nothing: burn need not draw initial values for it.
    Nothing,
    Values,
    Gradients(&'a mut Gradients),
}

impl ModuleVisitor for Collector<'_> {
    fn enter_module(&mut self, name: &str, container_type: &str) {
        self.path.push(name.to_owned());
        self.containers.push(container_type.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
        self.containers.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let shape = param.lazy_shape().to_vec();
        let start = self.layout.len();
        let count: usize = shape.iter().product();
        match &mut self.wanted {
            Wanted::Nothing => {}
            Wanted::Values => self.values.extend(floats(param.val().into_data())),
            // Taken out, so that it need not be copied on the way.
            Wanted::Gradients(gradients) => match param.val().grad_remove(gradients) {
                Some(gradient) => self.values.extend(floats(gradient.into_data())),
                // A parameter that took no part in the loss has no gradient.
                None => self.values.resize(start + count, 0.0),
            },
        }
        let range = start..start + count;
        let container = self.containers.last().map_or("", String::as_str);
        let kind = ParameterKind::of(container, shape.len());
        self.layout.parameters.push(Parameter { name: self.path.join("."), kind, shape, range });
    }
}

/// Puts values back into a module, parameter by parameter.
struct Replacer {
    values: std::vec::IntoIter<Vec<f32>>,
}

impl ModuleMapper for Replacer {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let shape = param.lazy_shape();
        let values = self.values.next().unwrap_or_default();
        let device = param.lazy_device();
        let tensor = Tensor::from_data(TensorData::new(values, shape), &device);
        if param.is_initialized() {
            param.map(|old| tensor.set_require_grad(old.is_require_grad()))
        } else {
            // What burn would draw for it is not wanted.
            Param::initialized(param.id, tensor.set_require_grad(device.is_autodiff()))
        }
    }
}

/// The numbers of a tensor.
pub(crate) fn floats(data: TensorData) -> Vec<f32> {
    // The encoder computes in f32 throughout; the conversion covers devices that hand back
    // another width.
    data.convert::<f32>().try_into_vec::<f32>().unwrap_or_default()
}

impl Encoder {
    /// Names, shapes and places of all parameters.
    pub fn layout(&self) -> Layout {
        self.collect(Wanted::Nothing).layout
    }

    /// All parameters with their values.
    pub fn parameters(&self) -> Parameters {
        self.collect(Wanted::Values)
    }

    /// The gradient of every parameter, in the order of [`Encoder::parameters`]; zero for those
    /// that took no part.
    pub fn gradients(&self, gradients: &mut Gradients) -> Vec<f32> {
        self.collect(Wanted::Gradients(gradients)).values
    }

    fn collect(&self, wanted: Wanted<'_>) -> Parameters {
        let mut collector = Collector {
            path: Vec::new(),
            containers: Vec::new(),
            layout: Layout::default(),
            values: Vec::new(),
            wanted,
        };
        self.visit(&mut collector);
        Parameters { layout: collector.layout, values: collector.values }
    }

    /// The same encoder with other values.
    ///
    /// # Panics
    /// If `values` are not as many as [`Layout::len`] says.
    #[must_use]
    pub fn with_values(self, values: &[f32]) -> Self {
        let layout = self.layout();
        assert_eq!(layout.len(), values.len(), "values for another encoder");
        let parameters = layout.parameters.par_iter();
        let values: Vec<_> = parameters.map(|p| values[p.range.clone()].to_vec()).collect();
        self.map(&mut Replacer { values: values.into_iter() }).without_arranged_weights()
    }
}
