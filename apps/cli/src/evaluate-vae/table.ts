import type { Metrics } from '@elbo/train'
import type { Bounds, Decomposition, Estimate } from '@elbo/vae'
import { count, number, plural } from '../training/wording.js'

type Row = readonly [name: string, value: string, error: string]

const row = (name: string, { mean, standardError }: Estimate): Row => [
  name,
  number(mean, 2),
  number(standardError, 2),
]

const between = (name: string, { lower, upper }: Bounds): Row => [
  name,
  `${number(lower, 2)} … ${number(upper, 2)}`,
  '',
]

/** Columns of the width of their longest entry: names to the left, numbers to the right. */
const aligned = (rows: readonly Row[]): readonly string[] => {
  const width = (column: 0 | 1 | 2): number => Math.max(...rows.map(each => each[column].length))
  const [names, values, errors] = [width(0), width(1), width(2)]
  return rows.map(([name, value, error]) =>
    `${name.padEnd(names)}  ${value.padStart(values)}  ${error.padStart(errors)}`.trimEnd(),
  )
}

/** Coordinates with their divergences, the largest first. */
const dimensionLines = (dimensions: readonly number[]): readonly string[] => {
  const sorted = dimensions.map((nats, d) => [nats, d] as const).sort(([a], [b]) => b - a)
  const entries = sorted.map(([nats, d]) => `z${d} ${number(nats, 2)}`)
  const rows = Array.from({ length: Math.ceil(entries.length / 8) }, (_, i) =>
    entries
      .slice(8 * i, 8 * i + 8)
      .map(entry => entry.padEnd(10))
      .join(' ')
      .trimEnd(),
  )
  return ['', 'KL by dimension, the largest first:', ...rows.map(line => `  ${line}`)]
}

/** The whole decomposition for a reader: nats per image, and the standard error of each mean. */
export const decompositionLines = (
  title: string,
  { bound, units, information, likelihood, gaps, sandwich }: Decomposition,
): readonly string[] => [
  title,
  '',
  ...aligned([
    ['', 'nats', '± s.e.'],
    row(`evidence lower bound, ${plural(bound.examples, 'image')}`, bound.elbo),
    row('  reconstruction E[ln P(x | z)]  (−distortion)', bound.reconstruction),
    row('  divergence KL[q(z | x) ‖ P(z)]  (rate)', bound.kl),
    [`divergence in parts, ${plural(information.examples, 'image')}`, number(information.rate, 2), ''],
    between('  mutual information I(x; z)', information.mutualInformation),
    between('  aggregate KL[q(z) ‖ P(z)]', information.aggregate),
    ...(likelihood === undefined
      ? []
      : [
          row(
            `ln P(x), ${plural(likelihood.samples, 'draw')}, ${plural(likelihood.examples, 'image')}`,
            likelihood.logLikelihood,
          ),
          ['  of that error, by the draws', '', number(likelihood.simulationError, 3)] as const,
          ['  draws that count, on average', number(likelihood.effectiveSampleSize, 1), ''] as const,
          row('  the bound of the same images', likelihood.elbo),
        ]),
    ...(gaps === undefined
      ? []
      : [
          row(`what the bound lacks, ${plural(gaps.examples, 'image')}`, gaps.total),
          row('  approximation gap', gaps.approximation),
          row('  amortisation gap', gaps.amortisation),
        ]),
    ...(sandwich === undefined
      ? []
      : [
          row(`ln P(x) from below, ${plural(sandwich.examples, 'image')} of the model's`, sandwich.lower),
          row('  from above', sandwich.upper),
          row('  the one less the other', sandwich.width),
        ]),
  ]),
  '',
  `${count(units.active.length)} of ${count(units.latent)} units are active`,
  ...(bound.dimensions === undefined ? [] : dimensionLines(bound.dimensions)),
]

/** The bound of a model of which no more is known, for a reader. */
export const boundLines = (title: string, metrics: Metrics): readonly string[] => [
  title,
  '',
  ...aligned([
    ['', 'nats', ''],
    ['evidence lower bound, all test images', number(metrics['elbo'], 2), ''],
    ['  reconstruction E[ln P(x | z)]  (−distortion)', number(metrics['reconstruction'], 2), ''],
    ['  divergence KL[q(z | x) ‖ P(z)]  (rate)', number(metrics['kl'], 2), ''],
  ]),
]
