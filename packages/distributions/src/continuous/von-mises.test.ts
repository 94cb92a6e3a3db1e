import { describe, expect, it } from '@jest/globals'
import { key, tensor } from '@elbo/tensor'
import { VonMises } from '../index.js'
import { numbers } from '../laws/evaluate.testing.js'

describe('VonMises', () => {
  const loc = [0, 2.5, -3, 1, 100]
  const concentration = [0.05, 0.9, 6, 300, 5e4]
  const d = VonMises({ loc, concentration })

  it('draws angles in [−π, π], about loc and as far from it as the circular variance says', async () => {
    const count = 20_000
    const x = await numbers(d.sample([count])(key(8)))
    const versine = await numbers(d.variance())
    expect(Math.max(...x.map(Math.abs))).toBeLessThanOrEqual(Math.fround(Math.PI))
    loc.forEach((at, i) => {
      const own = x.filter((_, place) => place % loc.length === i).map(angle => angle - Math.fround(at))
      const mean = (f: (angle: number) => number): readonly [number, number] => {
        const values = own.map(f)
        const average = values.reduce((a, b) => a + b, 0) / count
        const squares = values.reduce((a, b) => a + (b - average) ** 2, 0) / count
        return [average, Math.sqrt(squares / count)]
      }
      const [sine, sineError] = mean(Math.sin)
      const [away, awayError] = mean(angle => 2 * Math.sin(angle / 2) ** 2)
      expect(Math.abs(sine)).toBeLessThan(4.5 * sineError)
      expect(Math.abs(away - versine[i])).toBeLessThan(4.5 * awayError)
    })
  })

  it('does not count whole turns', async () => {
    const x = [-3, -0.5, 0, 1, 3.1]
    const one = VonMises({ loc: 0.25, concentration: 2 })
    const turned = tensor(x.map(angle => angle + 4 * Math.PI))
    const [logs, levels] = [await numbers(one.logProb(tensor(x))), await numbers(one.cdf(tensor(x)))]
    // An angle of two turns is known to 2⁻²¹.
    ;(await numbers(one.logProb(turned))).forEach((y, i) => expect(Math.abs(y - logs[i])).toBeLessThan(3e-6))
    ;(await numbers(one.cdf(turned))).forEach((y, i) => expect(Math.abs(y - levels[i])).toBeLessThan(3e-6))
  })
})
