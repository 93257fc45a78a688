//! What training itself wrote down, step by step.

use super::{Subject, ink};
use crate::Step;
use crate::charts::{Ink, LineChart, LineSize, Point, Series, Svg};
use crate::page::html::Html;

/// Steps are averaged into so many points.
const POINTS: usize = 160;

/// One number of a step, over training.
struct Course {
    /// Its name as a file.
    name: &'static str,
    title: &'static str,
    of: fn(&Step) -> f64,
}

const COURSES: [Course; 4] = [
    Course { name: "training-loss", title: "training loss, dropout on", of: |step| step.loss },
    Course { name: "visible-share", title: "visible share of the cells", of: |step| step.visible },
    Course {
        name: "gradient-norm",
        title: "norm of the gradient, before clipping",
        of: |step| step.gradient_norm,
    },
    Course { name: "learning-rate", title: "learning rate", of: |step| step.learning_rate },
];

/// Writes the section.
pub(super) fn write(html: &mut Html, subjects: &[Subject]) {
    html.paragraph(
        "Means over neighbouring steps. The training loss is measured at whatever is visible at \
         the time and with dropout on: read it beside the visible share, and judge the model by \
         the stage curves.",
    );
    if subjects.iter().all(|subject| subject.run.history.steps().is_empty()) {
        html.missing("The log holds no steps.");
        return;
    }
    if subjects.len() > 1 {
        let names = subjects.iter().enumerate();
        html.legend(names.map(|(index, subject)| (ink(index), false, subject.run.name.as_str())));
    }
    let charts = COURSES.iter().map(|course| course.chart(subjects, LineSize::Panel).svg());
    html.charts("charts", charts.collect::<Vec<_>>());
}

/// The charts of these runs with their names.
pub(super) fn figures(subjects: &[Subject]) -> Vec<(String, Svg)> {
    if subjects.iter().all(|subject| subject.run.history.steps().is_empty()) {
        return Vec::new();
    }
    let chart = |course: &Course| course.chart(subjects, LineSize::Wide).svg();
    COURSES.iter().map(|course| (course.name.to_owned(), chart(course))).collect()
}

/// The norm to which a run clips, as a line.
fn clip(subject: &Subject) -> Option<Series> {
    let clip = subject.run.settings.number("optimization.clip").filter(|clip| *clip > 0.0)?;
    let steps = subject.run.history.steps();
    let point = |step: &Step| Point { x: step.step as f64, y: clip, band: None };
    Some(Series {
        name: "clipped to".to_owned(),
        ink: Ink::Category(2),
        dashed: true,
        points: steps.first().into_iter().chain(steps.last()).map(point).collect(),
    })
}

impl Course {
    fn chart(&self, subjects: &[Subject], size: LineSize) -> LineChart {
        let series = subjects.iter().enumerate().map(|(index, subject)| Series {
            name: subject.run.name.clone(),
            ink: ink(index),
            dashed: false,
            points: self.points(subject.run.history.steps()),
        });
        let mut series: Vec<Series> = series.collect();
        if self.title.starts_with("norm") {
            series.extend(subjects.iter().filter_map(clip));
        }
        LineChart {
            title: self.title.to_owned(),
            x_label: "step",
            y_range: None,
            series,
            marks: Vec::new(),
            size,
        }
    }

    fn points(&self, steps: &[Step]) -> Vec<Point> {
        let chunk = steps.len().div_ceil(POINTS).max(1);
        let mean = |steps: &[Step], of: &dyn Fn(&Step) -> f64| {
            steps.iter().map(of).sum::<f64>() / steps.len() as f64
        };
        let point = |steps: &[Step]| Point {
            x: mean(steps, &|step| step.step as f64),
            y: mean(steps, &self.of),
            band: None,
        };
        steps.chunks(chunk).map(point).collect()
    }
}
