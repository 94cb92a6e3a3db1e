import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { openBrowser, type Browser } from './chromium.js'

describe('conformance in Chromium, from a production build', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  }, 120_000)
  afterAll(() => browser.close())

  it.each(['webgpu', 'webgl2', 'webasm', 'cpu'] as const)(
    'passes on %s',
    async mode => {
      const verdicts = await browser.run('conformance', mode)
      expect(verdicts.filter(({ message }) => message !== undefined)).toEqual([])
      expect(verdicts.length).toBeGreaterThan(150)
    },
    300_000,
  )
})
