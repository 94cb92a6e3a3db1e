import { panelSvg, type Panel, type Point } from './panel.js'

/** The bound and its two terms, in nats per image, at one moment of training. */
export interface BoundAt {
  /** Epochs since the beginning; 0.5 is the middle of the first. */
  readonly at: number
  readonly elbo: number
  readonly reconstruction: number
  readonly kl: number
}

export interface LossCurve {
  readonly title: string
  /** One per step. */
  readonly train: readonly BoundAt[]
  /** One per evaluation. */
  readonly test: readonly BoundAt[]
}

type Term = 'elbo' | 'reconstruction' | 'kl'

/** A curve of more points than this is drawn as means over equal runs of steps. */
const mostPoints = 200

const meansOf = (points: readonly Point[]): readonly Point[] => {
  if (points.length <= mostPoints) return points
  // Runs differ by one step at most: a short last one would show a few batches as a jump.
  const start = (run: number) => Math.round((run * points.length) / mostPoints)
  return Array.from({ length: mostPoints }, (_, run) => {
    const part = points.slice(start(run), start(run + 1))
    const mean = (axis: 0 | 1) => part.reduce((sum, point) => sum + point[axis], 0) / part.length
    return [mean(0), mean(1)] as const
  })
}

const pointsOf = (moments: readonly BoundAt[], term: Term): readonly Point[] =>
  moments.map(moment => [moment.at, moment[term]] as const)

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
const escapeXml = (text: string): string => text.replaceAll(/[&<>]/g, sign => escapes[sign])

/** Ink and ground for light surroundings, and for dark ones where the viewer says so. */
const style = `
svg { --ground: #ffffff; --ink: #1f2328; --soft: #59636e; --grid: #e6e8eb; --train: #2f6fd0; --test: #bc4c00 }
@media (prefers-color-scheme: dark) {
  svg { --ground: #14171c; --ink: #e9ecf0; --soft: #a3acb7; --grid: #2b3138; --train: #6cabf7; --test: #ffa657 }
}
text { font: 13px system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif; fill: var(--ink) }
.ground { fill: var(--ground) }
.title { font-size: 17px; font-weight: 600 }
.panel { font-weight: 600 }
.tick { fill: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums }
.grid { stroke: var(--grid) }
.axis { stroke: var(--soft) }
.train { fill: none; stroke: var(--train); stroke-width: 1.5; stroke-linejoin: round }
.test { fill: none; stroke: var(--test); stroke-width: 2; stroke-linejoin: round }
.dot { fill: var(--test); stroke: var(--ground); stroke-width: 1 }
.reached { fill: var(--test); font-weight: 600; font-size: 12px; font-variant-numeric: tabular-nums }`

const [pageWidth, pageHeight] = [960, 480]

interface Page {
  readonly title: string
  /** What is shown, for those who do not see it. */
  readonly shows: string
  /** Whether there are test curves to be told apart. */
  readonly tested: boolean
  readonly panels: readonly Panel[]
}

const page = ({ title, shows, tested, panels }: Page): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${pageWidth} ${pageHeight}" width="${pageWidth}" height="${pageHeight}" role="img" aria-labelledby="title">
<title id="title">${escapeXml(`${title}: ${shows}`)}</title>
<style>${style}
</style>
<rect class="ground" width="${pageWidth}" height="${pageHeight}"/>
<text class="title" x="24" y="38">${escapeXml(title)}</text>
<g transform="translate(736 33)">
<path class="train" d="M0 0H26"/><text x="34" dy=".32em">training</text>
${tested ? '<path class="test" d="M110 0H136"/><circle class="dot" cx="123" r="3"/><text x="144" dy=".32em">test</text>' : ''}
</g>
${panels.map((panel, i) => panelSvg(panel, `frame-${i}`)).join('\n')}
</svg>
`

/** The last moment that is shown. */
const endOf = (moments: readonly { readonly at: number }[]): number =>
  Math.max(...moments.map(({ at }) => at), Number.MIN_VALUE)

const [top, bottom] = [104, 52]

/** The curves of a run: the ELBO in a large frame, its two terms in small ones, as an SVG for light and dark surroundings. */
export const lossCurveSvg = ({ title, train, test }: LossCurve): string => {
  const epochs = endOf([...train, ...test])
  const curves = (term: Term) => ({
    train: meansOf(pointsOf(train, term)),
    test: pointsOf(test, term),
    epochs,
  })
  const between = 88
  const small = { x: 652, width: 238, height: (pageHeight - top - bottom - between) / 2, ticks: 4 }
  return page({
    title,
    shows: 'ELBO, reconstruction and KL terms over the epochs, training and test',
    tested: true,
    panels: [
      {
        title: 'ELBO (nats per image, higher is better)',
        x: 64,
        y: top,
        width: 464,
        height: pageHeight - top - bottom,
        ticks: 7,
        ...curves('elbo'),
      },
      { title: 'Reconstruction term (nats)', y: top, ...small, ...curves('reconstruction') },
      { title: 'KL term (nats)', y: top + small.height + between, ...small, ...curves('kl') },
    ],
  })
}

/** One curve of a run, of its training alone, as an SVG for light and dark surroundings. */
export const singleCurveSvg = ({
  title,
  what,
  train,
}: {
  readonly title: string
  /** What the curve is of, and its unit. */
  readonly what: string
  readonly train: readonly Point[]
}): string =>
  page({
    title,
    shows: `${what} over the epochs`,
    tested: false,
    panels: [
      {
        title: what,
        x: 72,
        y: top,
        width: pageWidth - 72 - 48,
        height: pageHeight - top - bottom,
        ticks: 7,
        train: meansOf(train),
        test: [],
        epochs: endOf(train.map(([at]) => ({ at }))),
      },
    ],
  })
