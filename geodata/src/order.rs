//! One sort for everything: the page pays some 5 KB of code for each sort of a type of its own.

/// The positions of items in the order of their ranks, the least first; equals stay in the order in which they came.
///
/// ```
/// assert_eq!(geodata::order::by_rank([3, 1, 2, 1]), [1, 3, 2, 0]);
/// ```
pub fn by_rank(ranks: impl IntoIterator<Item = u64>) -> Vec<usize> {
    let mut order: Vec<(u64, usize)> = ranks.into_iter().enumerate().map(|(at, rank)| (rank, at)).collect();
    // Positions differ, so that nothing is equal and nothing can change places.
    order.sort_unstable();
    order.into_iter().map(|(_, at)| at).collect()
}
