// How a cost grows with a number: a straight line through points, and the power of the last step.

/** The line through points `[[x, y], ...]` by least squares: `{fixed, each}`. */
export function line(points) {
  const mean = (n) => points.reduce((sum, p) => sum + p[n], 0) / points.length;
  const [mx, my] = [mean(0), mean(1)];
  const each = points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
  return { fixed: my - each * mx, each };
}

/** What one more costs between the last two points. */
export function lastStep(points) {
  const [[x0, y0], [x1, y1]] = points.slice(-2);
  return (y1 - y0) / (x1 - x0);
}

/** The power with which the cost grows between the last two points: 1 in proportion, 0 not at all. */
export function exponent(points) {
  const [[x0, y0], [x1, y1]] = points.slice(-2);
  return Math.log(y1 / y0) / Math.log(x1 / x0);
}

/** Above this a curve on logarithmic axes bends upward. */
export const UPWARD = 1.15;

/** A sentence about curves `{name, points}`: which of them bend upward, or that none does. */
export function bends(curves) {
  const found = curves.map(({ name, points }) => ({ name, power: exponent(points) })).filter(({ power }) => power > UPWARD);
  if (!found.length) return `No curve bends upward: between the last two points none grows with more than the power ${UPWARD} of the number.`;
  return `${found.map(({ name, power }) => `**${name}** bends upward (power ${power.toFixed(2)} between the last two points)`).join('; ')}.`;
}
