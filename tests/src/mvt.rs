//! Reads Mapbox vector tiles, as far as our own go: points of one layer (vector-tile-spec 2.1, protocol buffers).

/// A point of a tile: its id, and its place in units of the tile's extent, from the north-west corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// The feature's id.
    pub id: u64,
    /// East, in units.
    pub x: i64,
    /// South, in units.
    pub y: i64,
}

/// The points of a tile, in its order.
///
/// # Panics
/// Where the bytes are no such tile: a test that reads them can't go on.
pub fn points(tile: &[u8]) -> Vec<Point> {
    let layers = fields(tile).into_iter().filter_map(|field| field.bytes(3));
    let features = layers.flat_map(fields).filter_map(|field| field.bytes(2));
    features.map(point).collect()
}

fn point(feature: &[u8]) -> Point {
    let fields = fields(feature);
    let id = fields.iter().find_map(|field| field.number(1)).expect("a feature without id");
    let mut geometry = fields.iter().find_map(|field| field.bytes(4)).expect("a feature without geometry");
    assert_eq!(varint(&mut geometry), 9, "one MoveTo");
    let mut step = || {
        let zigzag = varint(&mut geometry);
        i64::try_from(zigzag >> 1).unwrap_or(i64::MAX) ^ -i64::try_from(zigzag & 1).unwrap_or_default()
    };
    Point { id, x: step(), y: step() }
}

enum Field<'a> {
    Number(u64, u64),
    Bytes(u64, &'a [u8]),
}

impl<'a> Field<'a> {
    fn number(&self, wanted: u64) -> Option<u64> {
        match self {
            Self::Number(name, number) if *name == wanted => Some(*number),
            _ => None,
        }
    }

    fn bytes(&self, wanted: u64) -> Option<&'a [u8]> {
        match self {
            Self::Bytes(name, bytes) if *name == wanted => Some(bytes),
            _ => None,
        }
    }
}

fn fields(mut bytes: &[u8]) -> Vec<Field<'_>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let tag = varint(&mut bytes);
        found.push(match tag & 7 {
            0 => Field::Number(tag >> 3, varint(&mut bytes)),
            2 => {
                let length = usize::try_from(varint(&mut bytes)).unwrap_or(usize::MAX);
                let (one, rest) = bytes.split_at(length);
                bytes = rest;
                Field::Bytes(tag >> 3, one)
            }
            other => panic!("wire type {other} has no place in a tile"),
        });
    }
    found
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first().expect("a number that ends in the middle");
        *bytes = rest;
        number |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            break;
        }
    }
    number
}
