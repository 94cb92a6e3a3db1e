import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { openBrowser, type Browser } from './chromium.js'

/** Software drivers take their time, and more where other tests run beside. */
const patience = 1_200_000

describe('an epoch in Chromium', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  }, 120_000)
  afterAll(() => browser.close())

  it(
    'brings the VAE as far on the GPU as on the CPU, after an epoch from the same seed',
    async () => {
      const { elbo: expected } = await browser.run('vae', 'cpu backend')
      expect(expected).toBeGreaterThan(-300)
      for (const mode of ['webgpu', 'webgl2'] as const) {
        const { elbo, executed } = await browser.run('vae', mode)
        expect(executed).toMatchObject({ backend: 'gpu', mode })
        expect(Math.abs(elbo - expected)).toBeLessThan(1)
      }
    },
    patience,
  )
})
