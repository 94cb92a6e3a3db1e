import { cpu } from '@elbo/tensor'
import { over } from './elbo.js'

export const prepare = over(threads => cpu({ threads }), 'adam', { gru: 'gruUnrolled' })
