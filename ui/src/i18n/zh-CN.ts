// 简体中文, in GitHub's own words.

import words from '../../../crates/app/words/zh-CN.json';
import { accounts } from './accounts/zh-CN';
import { activity } from './activity/zh-CN';
import { build } from './build/zh-CN';
import { common } from './common/zh-CN';
import { copying } from './copy/zh-CN';
import { frame } from './frame/zh-CN';
import { held } from './held/zh-CN';
import { inspect } from './inspect/zh-CN';
import { install } from './install/zh-CN';
import { job } from './job/zh-CN';
import { publish } from './publish/zh-CN';
import { result } from './result/zh-CN';
import { settings } from './settings/zh-CN';
import { start } from './start/zh-CN';
import type { en } from './en';

export const zhCN: Record<keyof typeof en, string> = {
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
