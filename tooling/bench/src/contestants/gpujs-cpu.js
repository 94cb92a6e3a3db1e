import { over } from './gpujs.js'

export const prepare = over('cpu')
