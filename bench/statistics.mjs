/** The middle value; between the two middle ones when there is an even number. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median, least and greatest of one figure over the rounds. */
export function summary(values) {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/** Of a normal distribution: 95 % lie within so many standard deviations. */
const WITHIN_95_PERCENT = 1.96;

/**
 * How fast y grows with x over points `[x, y]`: the median of the slopes between all pairs of them, which a few readings
 * that are far off don't move (Theil and Sen), and the bounds between which it lies with a confidence of 95 %, by Kendall's
 * rank statistic (Sen 1968, doi:10.1080/01621459.1968.10480934).
 */
export function slopeOf(points) {
  const slopes = points
    .flatMap(([x, y], index) =>
      points.slice(index + 1).map(([laterX, laterY]) => (laterY - y) / (laterX - x)),
    )
    .sort((a, b) => a - b);
  const n = points.length;
  const spread = WITHIN_95_PERCENT * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const below = Math.floor((slopes.length - spread) / 2);
  return {
    slope: median(slopes),
    least: slopes[Math.max(0, below - 1)],
    most: slopes[Math.min(slopes.length - 1, slopes.length - below)],
  };
}
