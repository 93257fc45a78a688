//! A value for each measure of a kind.

use std::fmt;
use std::marker::PhantomData;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// A kind of measure: a closed list of names.
pub trait Measure: Copy + Eq + 'static {
    /// All of the kind, in the order of reports.
    const ALL: &'static [Self];

    /// The short name of reports and files.
    fn name(self) -> &'static str;
}

/// A value for each measure of a kind; `None` where a measure is not defined.
#[derive(Clone)]
pub struct Values<M> {
    values: Vec<Option<f64>>,
    kind: PhantomData<M>,
}

impl<M: Measure> Values<M> {
    /// The value `of(measure)` for each measure.
    pub fn from_fn(of: impl FnMut(M) -> Option<f64>) -> Self {
        Self { values: M::ALL.iter().copied().map(of).collect(), kind: PhantomData }
    }

    /// The value of `measure`, if it is defined.
    pub fn get(&self, measure: M) -> Option<f64> {
        self.iter().find(|(other, _)| *other == measure).and_then(|(_, value)| value)
    }

    /// Each measure with its value, in the order of [`Measure::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (M, Option<f64>)> + '_ {
        M::ALL.iter().copied().zip(self.values.iter().copied())
    }

    /// The same values with zero for those that are not defined.
    #[must_use]
    pub fn or_zero(&self) -> Self {
        Self::from_fn(|measure| self.get(measure).or(Some(0.0)))
    }
}

impl<M> PartialEq for Values<M> {
    fn eq(&self, other: &Self) -> bool {
        self.values == other.values
    }
}

impl<M: Measure> fmt::Debug for Values<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter().map(|(measure, value)| (measure.name(), value))).finish()
    }
}

impl<M: Measure> Serialize for Values<M> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(M::ALL.len()))?;
        for (measure, value) in self.iter() {
            map.serialize_entry(measure.name(), &value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Metric;

    #[test]
    fn values_keep_their_measure() {
        let values = Values::from_fn(|metric: Metric| Some(f64::from(metric as u8)));
        for metric in Metric::ALL {
            assert_eq!(values.get(*metric), Some(f64::from(*metric as u8)));
        }
    }

    #[test]
    fn what_is_not_defined_becomes_zero_on_request() {
        let values: Values<Metric> = Values::from_fn(|_| None);
        assert_eq!(values.or_zero().get(Metric::ChordCoverage), Some(0.0));
    }
}
