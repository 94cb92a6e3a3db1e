import { reference } from '@elbo/tensor'
import { over } from './elbo.js'

export const prepare = over(() => reference())
