import { z } from 'zod'

/** To be imported first where a Content-Security-Policy forbids eval: keeps zod from trying it. */
z.config({ jitless: true })
