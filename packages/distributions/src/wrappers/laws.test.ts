import { walk } from '../laws/laws.testing.js'
import { images, table } from './table.testing.js'

walk('wrappers', { ...table, ...images })
