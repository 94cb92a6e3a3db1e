import { over } from './tfjs.js'

export const prepare = over('cpu')
