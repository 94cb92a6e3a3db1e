import { walk } from '../laws/laws.testing.js'
import { sizes, table } from './table.testing.js'

walk('multivariate', { ...table, ...sizes })
