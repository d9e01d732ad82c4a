// English, put together. Its keys are the keys of all.

import words from '../../../crates/app/words/en.json';
import { accounts } from './accounts/en';
import { activity } from './activity/en';
import { build } from './build/en';
import { common } from './common/en';
import { copying } from './copy/en';
import { frame } from './frame/en';
import { held } from './held/en';
import { inspect } from './inspect/en';
import { install } from './install/en';
import { job } from './job/en';
import { publish } from './publish/en';
import { result } from './result/en';
import { settings } from './settings/en';
import { start } from './start/en';

export const en = {
  // Of failures, checks and names: looked up by what Rust says.
  ...words,
  ...common,
  ...frame,
  ...start,
  ...publish,
  ...inspect,
  ...job,
  ...copying,
  ...held,
  ...install,
  ...build,
  ...result,
  ...activity,
  ...accounts,
  ...settings,
};
