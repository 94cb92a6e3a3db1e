import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { decode } from 'fast-png'
import { elbo, temporaryFolder, type Ended } from './command-line.js'

jest.setTimeout(60_000)

const folder = temporaryFolder()
const run = folder.at('run')
const config = folder.at('small.json')
const train = (configuration: object, out: string): Promise<Ended> => {
  writeFileSync(config, JSON.stringify(configuration))
  return elbo('train', 'vae', '--config', config, '--steps', '3', '--out', out, '--threads', '1')
}
const evaluate = (...args: readonly string[]): Promise<Ended> =>
  elbo('evaluate', 'vae', ...args, '--threads', '1')
const sample = (...args: readonly string[]): Promise<Ended> =>
  elbo('sample', 'vae', ...args, '--threads', '1')
const few = ['--samples', '3', '--examples', '20', '--refined', '2', '--sandwich', '2']

beforeAll(async () => {
  const trained = await train({ latent: 2, encoder: { kind: 'mlp', hidden: [16] } }, run)
  expect(trained).toMatchObject({ code: 0 })
})
afterAll(folder.remove)

/** The checkpoint of the run, with another text of the same length in its settings. */
const altered = (from: string, to: string): string => {
  const bytes = readFileSync(`${run}/vae.safetensors`)
  const at = bytes.indexOf(from)
  expect(at).toBeGreaterThan(0)
  bytes.write(to.padEnd(from.length), at)
  const file = folder.at('altered.safetensors')
  writeFileSync(file, bytes)
  return file
}

describe('elbo evaluate vae', () => {
  it('prints the whole decomposition, each part with its error', async () => {
    const { code, stdout, stderr } = await evaluate(run, ...few)
    expect(code).toBe(0)
    expect(stdout).toMatch(/after 0 epochs and 3 steps, seed 1, 2 dimensions of z/)
    expect(stdout).toMatch(/evidence lower bound, 2,000 images +−\d+\.\d\d +\d+\.\d\d\n/)
    for (const part of [
      'mutual information',
      'ln P(x), 3 draws, 20 images',
      'approximation gap',
      'from above',
    ])
      expect(stdout).toContain(part)
    expect(stdout).toMatch(/KL by dimension, the largest first:\n {2}z[01] \d/)
    expect(stdout).not.toMatch(/NaN|undefined/)
    expect(stderr).toMatch(/^log-likelihood {2}100 %$/m)
  })

  it('has the bound of the run’s own evaluation, near enough for other draws of z', async () => {
    const { stdout } = await evaluate(`${run}/vae.safetensors`, ...few, '--json')
    const { bound, units } = JSON.parse(stdout) as {
      readonly bound: { readonly elbo: { readonly mean: number }; readonly examples: number }
      readonly units: object
    }
    expect(bound.examples).toBe(2000)
    expect(units).toMatchObject({ latent: 2 })
    const again = await train({ latent: 2, encoder: { kind: 'mlp', hidden: [16] } }, folder.at('again'))
    const told = Number(/test ELBO −([\d.]+) nats/.exec(again.stdout)?.[1])
    expect(Math.abs(bound.elbo.mean + told)).toBeLessThan(0.01)
  })

  it('prints the bound alone of models with other latents', async () => {
    const out = folder.at('levels')
    await train({ latent: 4, model: { kind: 'hierarchical', above: [{ latent: 2, hidden: [8] }] } }, out)
    const { code, stdout } = await evaluate(out)
    expect(code).toBe(0)
    expect(stdout).toMatch(/evidence lower bound, all test images +−\d+\.\d\d\n/)
  })
})

describe('elbo sample vae', () => {
  it('writes the sheets that it is asked for', async () => {
    const out = folder.at('pictures')
    const asked = ['--count', '12', '--interpolate', '2', '--traverse', 'all', '--manifold', '3']
    expect(await sample(run, '--out', out, ...asked)).toMatchObject({
      code: 0,
      stdout: `${out}: samples.png, interpolations.png, traversals.png, manifold.png\n`,
    })
    const sizes = ['samples', 'interpolations', 'traversals', 'manifold'].map(name => {
      const { width, height } = decode(readFileSync(`${out}/${name}.png`))
      return [width, height]
    })
    // Ten pictures of 28 in a row, two pixels around each; the manifold has no gaps.
    expect(sizes).toEqual([
      [302, 62],
      [302, 62],
      [302, 62],
      [84, 84],
    ])
    const first = readFileSync(`${out}/samples.png`)
    await sample(run, '--out', out, '--count', '12')
    expect(readFileSync(`${out}/samples.png`).equals(first)).toBe(true)
  })

  it.each([
    [['--traverse', '2'], 'There is no dimension 2: z of'],
    [['--manifold', '3', '--dimensions', '0,5'], 'There is no dimension 5'],
  ])('%j is refused before anything is made', async (options, message) => {
    const out = folder.at('refused')
    const { code, stderr } = await sample(run, '--out', out, ...options)
    expect(code).toBe(64)
    expect(stderr).toContain(message)
    expect(existsSync(out)).toBe(false)
  })
})

describe('a model of pictures given a label', () => {
  const out = folder.at('labelled')
  beforeAll(async () => {
    const trained = await train({ latent: 2, model: { kind: 'conditional', classes: 10 } }, out)
    expect(trained).toMatchObject({ code: 0 })
  })

  it('has its bound printed, and what else is asked for refused by name', async () => {
    const { code, stdout } = await evaluate(out)
    expect(code).toBe(0)
    expect(stdout).toMatch(/evidence lower bound, all test images +−\d+\.\d\d\n/)
    const refused = await evaluate(out, '--samples', '3', '--refined', '2')
    expect(refused).toMatchObject({ code: 64, stdout: '' })
    expect(refused.stderr).toContain('--samples, --refined: ')
    expect(refused.stderr).toContain('is a model of the kind conditional, whose bound alone is known')
  })

  it('draws a row of each class, or one class', async () => {
    const pictures = folder.at('classes')
    const drawn = async (...args: readonly string[]) => {
      expect(await sample(out, '--out', pictures, ...args)).toMatchObject({ code: 0 })
      return decode(readFileSync(`${pictures}/samples.png`))
    }
    const each = await drawn('--count', '20')
    expect([each.width, each.height]).toEqual([62, 302])
    const [one, other] = [
      await drawn('--count', '2', '--class', '7'),
      await drawn('--count', '2', '--class', '8'),
    ]
    expect(one.width).toBe(62)
    expect(one.data).not.toEqual(other.data)
  })

  it.each<readonly [string, () => Promise<Ended>]>([
    ['--class is 10; ', () => sample(out, '--out', folder.at('none'), '--class', '10')],
    ['--class: ', () => sample(run, '--out', folder.at('none'), '--class', '1')],
    ['--interpolate: ', () => sample(out, '--out', folder.at('none'), '--interpolate', '1')],
    [
      'of image 0 is 9, and the classes are 0 to 4',
      () => train({ model: { kind: 'conditional', classes: 5 } }, folder.at('none')),
    ],
  ])('%s… is refused', async (message, start) => {
    const { code, stderr } = await start()
    expect(code).toBe(64)
    expect(stderr).toContain(message)
    expect(existsSync(folder.at('none'))).toBe(false)
  })
})

describe('a checkpoint', () => {
  it.each([
    ['that is missing', () => folder.at('nowhere'), 66, 'nowhere'],
    [
      'that is missing from its folder',
      () => {
        mkdirSync(folder.at('empty'))
        return folder.at('empty')
      },
      66,
      'vae.safetensors',
    ],
    [
      'that is damaged',
      () => {
        writeFileSync(folder.at('rubbish'), 'rubbish')
        return folder.at('rubbish')
      },
      65,
      'rubbish',
    ],
    [
      'that is cut short',
      () => {
        const file = folder.at('short')
        cpSync(`${run}/vae.safetensors`, file)
        writeFileSync(file, readFileSync(file).subarray(0, 5000))
        return file
      },
      65,
      'short',
    ],
    [
      'of images of another size',
      () => altered('\\"image\\":[28,28]', '\\"image\\":[14,56]'),
      65,
      'is a model of images of 14 × 56, and these are 28 × 28',
    ],
    [
      'with settings that there are not',
      () => altered('\\"kind\\":\\"mlp\\"', '\\"kind\\":\\"map\\"'),
      65,
      'encoder.kind',
    ],
  ])('%s is named', async (_, make, code, message) => {
    const ended = await evaluate(make(), ...few)
    expect(ended).toMatchObject({ code, stdout: '' })
    expect(ended.stderr).toContain(message)
  })
})

describe('a configuration', () => {
  it('that is missing is told by its path', async () => {
    const file = folder.at('nowhere.json')
    expect(await elbo('train', 'vae', '--config', file, '--out', folder.at('unfit'))).toMatchObject({
      code: 66,
      stderr: expect.stringContaining(`${file}: there is no such configuration. Check the path.`),
    })
  })

  it.each([
    [{ image: [14, 14] }, 'for images of 14 × 14 (image), and these are 28 × 28'],
    [
      { latent: 6, model: { kind: 'vq', codes: 4, dimensions: 4 } },
      'code vectors of 4 dimensions do not divide',
    ],
  ])('that does not fit is refused: %j', async (configuration, message) => {
    const { code, stderr } = await train(configuration, folder.at('unfit'))
    expect(code).toBe(64)
    expect(stderr).toContain(message)
    expect(existsSync(folder.at('unfit'))).toBe(false)
  })
})
