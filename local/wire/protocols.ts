import { json } from './json';
import type { Protocol } from './protocol';
import { query } from './query';
import type { Service } from './service';

export const PROTOCOLS: Readonly<Record<Service['protocol'], Protocol>> = { query, json };
