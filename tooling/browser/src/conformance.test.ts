import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { openBrowser, type Browser } from './chromium.js'

/** Software drivers take their time, and more where other tests run beside. */
const patience = 900_000

describe('in Chromium, from a production build', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  }, 120_000)
  afterAll(() => browser.close())

  it('the best backend is WebGPU', async () => {
    const executed = await browser.run('best', [])
    expect(executed).toMatchObject({ backend: 'gpu', mode: 'webgpu' })
    expect(executed).not.toHaveProperty('fallbackReason')
    // Random words are the host's work, and are reported.
    expect(executed?.onHost).toEqual(expect.arrayContaining(['threefry', 'normalFromBits']))
    expect(executed?.onHost).not.toEqual(expect.arrayContaining(['matmul']))
  })

  it('the best backend is WebGL 2 where WebGPU computes wrong', async () => {
    const executed = await browser.run('best', ['webgpu'])
    expect(executed).toMatchObject({
      backend: 'gpu',
      mode: 'webgl2',
      fallbackReason: expect.stringMatching(/^webgpu: it computes wrong: [^;]*$/),
    })
  })

  it('the best backend is the CPU where both compute wrong', async () => {
    const executed = await browser.run('best', ['webgpu', 'webgl2'])
    expect(executed).toMatchObject({
      backend: 'cpu',
      fallbackReason: expect.stringMatching(/^webgpu: it computes wrong: [^;]*; webgl2: it computes wrong: /),
    })
    expect(executed).not.toHaveProperty('mode')
  })

  it.each(['webgpu', 'webgl2'] as const)(
    'conforms on %s',
    async mode => {
      const verdicts = await browser.run('conformance', mode)
      expect(verdicts.filter(({ message }) => message !== undefined)).toEqual([])
      expect(verdicts.length).toBeGreaterThan(150)
    },
    patience,
  )
})
