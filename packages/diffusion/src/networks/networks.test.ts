import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import {
  cpu,
  evaluator,
  generate,
  grad,
  key,
  leavesOf,
  mul,
  normal,
  run,
  sum,
  tensor,
  withLeaves,
  type AnyTensor,
  type NDArray,
  type Tensor,
} from '@elbo/tensor'
import { networkOf, type Architecture, type DenoiserParameters } from '../training/architecture.js'
import type { Real } from '../arithmetic.js'
import { fashionMnistUNet, unet } from './unet.js'

interface Flat {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

interface Case {
  readonly name: string
  readonly architecture: Architecture
  readonly times: readonly number[]
  readonly labels: readonly number[] | null
  readonly parameters: Readonly<Record<string, Flat>>
  readonly z: Flat
  readonly output: Flat
  readonly cotangent: Flat
  readonly slopes: Readonly<Record<string, Flat>>
  readonly slopeOfZ: Flat
}

const cases = JSON.parse(
  readFileSync(new URL('../../fixtures/networks.json', import.meta.url), 'utf8'),
) as readonly Case[]

const evaluate = evaluator(run(cpu({ threads: 1 })))
const lifted = ({ data, shape }: Flat): Real => tensor([...data], shape)
const parametersOf = (architecture: Architecture): DenoiserParameters =>
  generate(key(1))(networkOf(architecture).init)

/** In the form of a network's parameters: numbers by path. */
const inForm = (architecture: Architecture, by: Case['parameters']): DenoiserParameters => {
  const form = parametersOf(architecture)
  return withLeaves(
    form,
    leavesOf(form).map(({ path }) => lifted(by[path])),
  ) as DenoiserParameters
}

const known = ({ times, labels }: Pick<Case, 'times' | 'labels'>) => ({
  times: tensor([...times], [times.length]) as Tensor<readonly [number]>,
  ...(labels === null
    ? {}
    : { labels: tensor([...labels], [labels.length], 'i32') as Tensor<readonly [number], 'i32'> }),
})

/**
 * The largest difference, in units of the largest number expected; as it is where nothing is expected: attention does not see a bias that all keys
 * share, whose slope is 0.
 */
const off = (found: NDArray, expected: Flat): number => {
  expect(found.shape).toEqual(expected.shape)
  const largest = Math.max(...expected.data.map(Math.abs))
  const worst = Math.max(...expected.data.map((value, i) => Math.abs(found.data[i] - value)))
  return largest < 1e-12 ? worst : worst / largest
}

describe.each(cases)(
  '$name',
  ({ architecture, parameters, z, output, cotangent, slopes, slopeOfZ, ...given }) => {
    const network = networkOf(architecture)
    const product = (p: DenoiserParameters, noisy: Real) =>
      sum()(mul(lifted(cotangent))(network.apply(p)({ z: noisy, ...known(given) })))

    it('has the parameters of the twin, by path and shape', () => {
      const found = leavesOf<AnyTensor>(parametersOf(architecture)).map(({ path, leaf }) => [
        path,
        leaf.shape,
      ])
      expect(Object.fromEntries(found)).toEqual(
        Object.fromEntries(Object.entries(parameters).map(([path, { shape }]) => [path, shape])),
      )
    })

    it('says what the twin says, and its slopes are the twin’s', async () => {
      const p = inForm(architecture, parameters)
      const noisy = lifted(z)
      const found = await evaluate({
        output: network.apply(p)({ z: noisy, ...known(given) }),
        slopes: grad((at: DenoiserParameters) => product(at, noisy))(p),
        slopeOfZ: grad((at: Real) => product(p, at))(noisy),
      })
      expect(off(found.output as NDArray, output)).toBeLessThan(1e-5)
      expect(off(found.slopeOfZ as NDArray, slopeOfZ)).toBeLessThan(1e-5)
      for (const { path, leaf } of leavesOf<NDArray>(found.slopes))
        expect([path, off(leaf, slopes[path]) < 1e-5]).toEqual([path, true])
    })
  },
)

describe('a U-Net', () => {
  it('of Fashion-MNIST has 515,361 parameters, and says nothing before it has learnt', async () => {
    const network = unet(fashionMnistUNet)
    const parameters = generate(key(2))(network.init)
    const sizes = leavesOf<AnyTensor>(parameters).map(({ leaf }) => leaf.shape.reduce((a, b) => a * b, 1))
    expect(sizes.reduce((a, b) => a + b)).toBe(515_361)
    const z = normal([2, 1, 28, 28])(key(3))
    const times: Tensor<readonly [number]> = tensor([0.5, 1], [2])
    const labels: Tensor<readonly [number], 'i32'> = tensor([9, 10], [2], 'i32')
    const { data, shape } = await evaluate(network.apply(parameters)({ z, times, labels }))
    expect(shape).toEqual([2, 1, 28, 28])
    expect(Math.max(...data.map(Math.abs))).toBe(0)
  })

  it.each<[Partial<typeof fashionMnistUNet>, string]>([
    [{ image: [1, 28, 30] }, 'unet: images of 28 × 30 cannot be halved 2 times'],
    [{ widths: [] }, 'unet: no widths'],
    [{ groups: 3 }, 'groupNorm: 3 groups do not divide 32 channels'],
    [{ heads: 5 }, 'attention: 5 heads do not divide a width of 64'],
  ])('refuses %j', (changes, message) => {
    expect(() => unet({ ...fashionMnistUNet, ...changes })).toThrow(message)
  })

  it.each([
    [0, true, 'condition: labels for a network without classes'],
    [10, false, 'condition: no labels for a network with 10 classes'],
  ])('of %d classes: labels given: %p', (classes, isTold, message) => {
    const network = unet({ ...fashionMnistUNet, classes })
    const parameters = generate(key(2))(network.init)
    const z = normal([1, 1, 28, 28])(key(3))
    const labels = isTold ? [0] : null
    expect(() => network.apply(parameters)({ z, ...known({ times: [1], labels }) })).toThrow(message)
  })
})
