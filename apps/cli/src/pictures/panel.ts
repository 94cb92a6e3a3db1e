import { scaleLinear } from 'd3-scale'
import { line } from 'd3-shape'

/** x in epochs, y in the panel's unit. */
export type Point = readonly [x: number, y: number]

export interface Panel {
  readonly title: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly train: readonly Point[]
  readonly test: readonly Point[]
  /** Epochs at the right edge. */
  readonly epochs: number
  readonly ticks: number
}

const round = (value: number): number => Math.round(value * 100) / 100

const quantile = (sorted: readonly number[], q: number): number => sorted[Math.round(q * (sorted.length - 1))]

/**
 * The range shown: all test values, and the training values but for the steepest of the beginning, which would press everything
 * else flat. Curves that leave it are cut off at the frame.
 */
const range = (train: readonly Point[], test: readonly Point[]): [number, number] => {
  const sorted = train.map(([, y]) => y).sort((a, b) => a - b)
  const shown = sorted.length > 0 ? [quantile(sorted, 0.06), quantile(sorted, 0.98)] : []
  const values = [...shown, ...test.map(([, y]) => y)]
  const [low, high] = [Math.min(...values), Math.max(...values)]
  if (values.length === 0) return [0, 1]
  const margin = low === high ? 1 : (high - low) * 0.05
  return [low - margin, high + margin]
}

const fixed = (value: number, digits: number): string => value.toFixed(digits).replace('-', '−')

/** One frame with its axes and the two curves, as an SVG group. */
export const panelSvg = (panel: Panel, id: string): string => {
  const { title, width, height, train, test, epochs } = panel
  const x = scaleLinear([0, epochs], [0, width])
  const y = scaleLinear(range(train, test), [height, 0]).nice(panel.ticks)
  const path = line<Point>(
    ([at]) => round(x(at)),
    ([, value]) => round(y(value)),
  )
  const xTicks = x.ticks(Math.min(8, width / 60)).filter(tick => epochs < 2 || Number.isInteger(tick))
  const grid = y.ticks(panel.ticks).map(tick => {
    const at = round(y(tick))
    const label = y.tickFormat(panel.ticks)(tick)
    return `<line class="grid" x2="${width}" y1="${at}" y2="${at}"/><text class="tick" x="-8" y="${at}" dy=".32em" text-anchor="end">${label}</text>`
  })
  const below = xTicks.map(tick => {
    const at = round(x(tick))
    return `<line class="axis" x1="${at}" x2="${at}" y1="${height}" y2="${height + 4}"/><text class="tick" x="${at}" y="${height + 18}" text-anchor="middle">${tick}</text>`
  })
  const dots = test.map(
    ([at, value]) => `<circle class="dot" cx="${round(x(at))}" cy="${round(y(value))}" r="3"/>`,
  )
  const last = test.at(-1)
  const reached =
    last === undefined
      ? ''
      : `<text class="reached" x="${round(x(last[0])) + 8}" y="${round(y(last[1]))}" dy=".32em">${fixed(last[1], 1)}</text>`
  return `<g transform="translate(${panel.x} ${panel.y})">
<text class="panel" y="-12">${title}</text>
${grid.join('\n')}
<line class="axis" x2="${width}" y1="${height}" y2="${height}"/>
${below.join('\n')}
<text class="tick" x="${width / 2}" y="${height + 36}" text-anchor="middle">epoch</text>
<clipPath id="${id}"><rect width="${width}" height="${height}"/></clipPath>
<path class="train" clip-path="url(#${id})" d="${path(train) ?? ''}"/>
<path class="test" d="${path(test) ?? ''}"/>
${dots.join('')}
${reached}
</g>`
}
