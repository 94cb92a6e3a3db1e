import { describe, expect, it } from '@jest/globals'
import { lossCurveSvg, type BoundAt } from './loss-curve.js'

const falling = (steps: number, perEpoch: number): BoundAt[] =>
  Array.from({ length: steps }, (_, i) => {
    const at = (i + 1) / perEpoch
    return { at, elbo: -240 - 300 / (1 + i), reconstruction: -220 - 300 / (1 + i), kl: 20 }
  })

const trainPaths = (svg: string): string[] =>
  Array.from(svg.matchAll(/class="train" clip-path="[^"]*" d="([^"]*)"/g), ([, d]) => d)

describe('lossCurveSvg', () => {
  it('draws three frames, with an axis of epochs and the last test value written out', () => {
    const svg = lossCurveSvg({
      title: 'a run',
      train: falling(40, 20),
      test: [
        { at: 1, elbo: -262.34, reconstruction: -250, kl: 12.34 },
        { at: 2, elbo: -251.26, reconstruction: -238, kl: 13.26 },
      ],
    })
    expect(trainPaths(svg).map(d => d.split('L').length)).toEqual([40, 40, 40])
    expect(svg.match(/class="dot"/g)).toHaveLength(3 * 2 + 1)
    for (const text of [
      '−251.3',
      '−238.0',
      '13.3',
      'ELBO',
      'Reconstruction',
      'KL',
      'epoch',
      'training',
      'test',
      'a run',
    ])
      expect(svg).toContain(text)
  })

  it('has colours of its own for dark surroundings', () => {
    const svg = lossCurveSvg({ title: '', train: falling(3, 3), test: [] })
    expect(svg).toContain('@media (prefers-color-scheme: dark)')
  })

  it('draws long runs as means, so that the file stays small', () => {
    const svg = lossCurveSvg({ title: '', train: falling(9380, 469), test: [] })
    for (const d of trainPaths(svg)) expect(d.split('L').length).toBeLessThanOrEqual(200)
    expect(svg.length).toBeLessThan(30_000)
  })

  it.each([
    ['nothing', [], []],
    ['one step', falling(1, 93), []],
    ['one constant', [1, 2].map(at => ({ at, elbo: -1, reconstruction: -1, kl: 0 })), []],
  ])('draws %s without numbers that are none', (_, train, test) => {
    expect(lossCurveSvg({ title: '', train, test })).not.toMatch(/NaN|Infinity|undefined/)
  })

  it('escapes its title', () => {
    expect(lossCurveSvg({ title: 'a < b & c', train: [], test: [] })).toContain('a &lt; b &amp; c')
  })
})
