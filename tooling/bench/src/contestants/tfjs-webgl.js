import { inChromium } from './in-chromium.js'

export const prepare = inChromium('tfjs-webgl')
