//! Events as TensorBoard reads them: the few fields of `Event` and `Summary` that scalars need,
//! in the wire format of protocol buffers (tensorflow/core/util/event.proto,
//! tensorflow/core/framework/summary.proto).

/// What an event holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Event {
    /// The first event of a file.
    FileVersion,
    /// From this step on, what earlier files say does not count: the run was taken up again.
    Restart(u64),
    /// Named figures of a step.
    Scalars(u64, Vec<(String, f32)>),
}

/// The kind of a field: how its value is written.
#[derive(Clone, Copy)]
enum Wire {
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}

const VERSION: &str = "brain.Event:2";

impl Event {
    /// The message, written `seconds` after the beginning of 1970.
    pub fn encode(&self, seconds: f64) -> Vec<u8> {
        let mut event = Vec::new();
        tag(&mut event, 1, Wire::Fixed64); // wall_time
        event.extend(seconds.to_le_bytes());
        match self {
            Self::FileVersion => field(&mut event, 3, VERSION.as_bytes()),
            Self::Restart(step) => {
                step_field(&mut event, *step);
                field(&mut event, 7, &[Wire::Varint as u8 | 1 << 3, 1]); // session_log: START
            }
            Self::Scalars(step, scalars) => {
                step_field(&mut event, *step);
                let mut summary = Vec::new();
                for (name, figure) in scalars {
                    let mut value = Vec::new();
                    field(&mut value, 1, name.as_bytes()); // tag
                    tag(&mut value, 2, Wire::Fixed32); // simple_value
                    value.extend(figure.to_le_bytes());
                    field(&mut summary, 1, &value);
                }
                field(&mut event, 5, &summary);
            }
        }
        event
    }

    /// The step of an encoded event; 0 if it says none, `None` if it is damaged.
    pub fn step(mut bytes: &[u8]) -> Option<u64> {
        let mut step = 0;
        while !bytes.is_empty() {
            let key = take_varint(&mut bytes)?;
            let value = match key & 7 {
                0 => take_varint(&mut bytes)?,
                1 => take(&mut bytes, 8).map(|_| 0)?,
                5 => take(&mut bytes, 4).map(|_| 0)?,
                2 => {
                    let length = usize::try_from(take_varint(&mut bytes)?).ok()?;
                    take(&mut bytes, length).map(|_| 0)?
                }
                _ => return None,
            };
            if key >> 3 == 2 {
                step = value;
            }
        }
        Some(step)
    }
}

fn tag(out: &mut Vec<u8>, number: u64, wire: Wire) {
    varint(out, number << 3 | wire as u64);
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// A field of bytes: a string or a message.
fn field(out: &mut Vec<u8>, number: u64, bytes: &[u8]) {
    tag(out, number, Wire::Bytes);
    varint(out, bytes.len() as u64);
    out.extend(bytes);
}

fn step_field(out: &mut Vec<u8>, step: u64) {
    tag(out, 2, Wire::Varint);
    varint(out, step);
}

fn take<'a>(bytes: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(count)?;
    *bytes = rest;
    Some(taken)
}

fn take_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = take(bytes, 1)?[0];
        value |= u64::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The fields of a message: number and value, numbers as their bytes.
    fn fields(mut bytes: &[u8]) -> Vec<(u64, Vec<u8>)> {
        let mut fields = Vec::new();
        while !bytes.is_empty() {
            let key = take_varint(&mut bytes).expect("a key");
            let value = match key & 7 {
                0 => take_varint(&mut bytes).expect("a number").to_le_bytes().to_vec(),
                1 => take(&mut bytes, 8).expect("eight bytes").to_vec(),
                5 => take(&mut bytes, 4).expect("four bytes").to_vec(),
                2 => {
                    let length = take_varint(&mut bytes).expect("a length") as usize;
                    take(&mut bytes, length).expect("bytes").to_vec()
                }
                wire => panic!("wire type {wire}"),
            };
            fields.push((key >> 3, value));
        }
        fields
    }

    /// Reads an event as TensorBoard does.
    pub(crate) fn decode(bytes: &[u8]) -> Event {
        let get = |fields: &[(u64, Vec<u8>)], number| {
            fields.iter().find(|field| field.0 == number).map(|field| field.1.clone())
        };
        let event = fields(bytes);
        assert_eq!(get(&event, 1).map(|time| time.len()), Some(8), "a wall time");
        let step =
            get(&event, 2).map_or(0, |s| u64::from_le_bytes(s.try_into().expect("a number")));
        if let Some(version) = get(&event, 3) {
            assert_eq!(version, VERSION.as_bytes());
            return Event::FileVersion;
        }
        if let Some(log) = get(&event, 7) {
            assert_eq!(fields(&log), [(1, 1u64.to_le_bytes().to_vec())]);
            return Event::Restart(step);
        }
        let summary = fields(&get(&event, 5).expect("a summary"));
        let scalar = |(_, value): &(u64, Vec<u8>)| {
            let value = fields(value);
            let name = String::from_utf8(get(&value, 1).expect("a tag")).expect("text");
            let number = get(&value, 2).expect("a value").try_into().expect("four bytes");
            (name, f32::from_le_bytes(number))
        };
        Event::Scalars(step, summary.iter().map(scalar).collect())
    }

    #[test]
    fn events_come_back_as_they_were() {
        for event in [
            Event::FileVersion,
            Event::Restart(300),
            Event::Scalars(0, vec![]),
            Event::Scalars(
                u64::from(u32::MAX),
                vec![("train/loss".into(), 1.5), ("x".into(), -0.0)],
            ),
        ] {
            let bytes = event.encode(12.5);
            assert_eq!(decode(&bytes), event);
            let step = match event {
                Event::FileVersion => 0,
                Event::Restart(step) | Event::Scalars(step, _) => step,
            };
            assert_eq!(Event::step(&bytes), Some(step));
        }
    }

    /// Written by the protocol buffers of tensorboard 2.21: `Event(wall_time=1.0, step=300,
    /// summary=Summary(value=[Summary.Value(tag="a", simple_value=0.5)]))`, and the same with
    /// `session_log=SessionLog(status=SessionLog.START)`.
    #[test]
    fn the_bytes_are_those_of_the_real_messages() {
        let real = [
            0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0x10, 0xAC, 0x02, 0x2A, 0x0A, 0x0A, 0x08, 0x0A,
            0x01, b'a', 0x15, 0, 0, 0, 0x3F,
        ];
        assert_eq!(Event::Scalars(300, vec![("a".into(), 0.5)]).encode(1.0), real);
        let restart = [&real[..12], &[0x3A, 0x02, 0x08, 0x01]].concat();
        assert_eq!(Event::Restart(300).encode(1.0), restart);
    }

    #[test]
    fn a_damaged_event_has_no_step() {
        let bytes = Event::Scalars(3, vec![("a".into(), 0.5)]).encode(1.0);
        assert_eq!(Event::step(&bytes[..bytes.len() - 1]), None);
        assert_eq!(Event::step(&[0x0B]), None);
    }
}
