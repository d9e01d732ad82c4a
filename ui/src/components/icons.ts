// The icons in use: Octicons, as path data, so that no markup is ever built from text.

import pulse from '@primer/octicons/build/svg/pulse-16.svg?raw';
import gear from '@primer/octicons/build/svg/gear-16.svg?raw';
import search from '@primer/octicons/build/svg/search-16.svg?raw';
import bell from '@primer/octicons/build/svg/bell-16.svg?raw';
import paintbrush from '@primer/octicons/build/svg/paintbrush-16.svg?raw';
import globe from '@primer/octicons/build/svg/globe-16.svg?raw';
import zap from '@primer/octicons/build/svg/zap-16.svg?raw';
import trash from '@primer/octicons/build/svg/trash-16.svg?raw';
import kebab from '@primer/octicons/build/svg/kebab-horizontal-16.svg?raw';
import undo from '@primer/octicons/build/svg/undo-16.svg?raw';
import log from '@primer/octicons/build/svg/log-16.svg?raw';
import history from '@primer/octicons/build/svg/history-16.svg?raw';
import cloudOffline from '@primer/octicons/build/svg/cloud-offline-16.svg?raw';
import commandPalette from '@primer/octicons/build/svg/command-palette-16.svg?raw';
import alertFill from '@primer/octicons/build/svg/alert-fill-16.svg?raw';
import beaker from '@primer/octicons/build/svg/beaker-16.svg?raw';
import check from '@primer/octicons/build/svg/check-16.svg?raw';
import checkCircleFill from '@primer/octicons/build/svg/check-circle-fill-16.svg?raw';
import chevronDown from '@primer/octicons/build/svg/chevron-down-16.svg?raw';
import chevronRight from '@primer/octicons/build/svg/chevron-right-16.svg?raw';
import circle from '@primer/octicons/build/svg/circle-16.svg?raw';
import clock from '@primer/octicons/build/svg/clock-16.svg?raw';
import container from '@primer/octicons/build/svg/container-16.svg?raw';
import copy from '@primer/octicons/build/svg/copy-16.svg?raw';
import cpu from '@primer/octicons/build/svg/cpu-16.svg?raw';
import download from '@primer/octicons/build/svg/download-16.svg?raw';
import fileZip from '@primer/octicons/build/svg/file-zip-16.svg?raw';
import hourglass from '@primer/octicons/build/svg/hourglass-16.svg?raw';
import info from '@primer/octicons/build/svg/info-16.svg?raw';
import key from '@primer/octicons/build/svg/key-16.svg?raw';
import linkExternal from '@primer/octicons/build/svg/link-external-16.svg?raw';
import noEntry from '@primer/octicons/build/svg/no-entry-16.svg?raw';
import paste from '@primer/octicons/build/svg/paste-16.svg?raw';
import pause from '@primer/octicons/build/svg/pause-16.svg?raw';
import person from '@primer/octicons/build/svg/person-16.svg?raw';
import play from '@primer/octicons/build/svg/play-16.svg?raw';
import question from '@primer/octicons/build/svg/question-16.svg?raw';
import shieldCheck from '@primer/octicons/build/svg/shield-check-16.svg?raw';
import stack from '@primer/octicons/build/svg/stack-16.svg?raw';
import sync from '@primer/octicons/build/svg/sync-16.svg?raw';
import terminal from '@primer/octicons/build/svg/terminal-16.svg?raw';
import upload from '@primer/octicons/build/svg/upload-16.svg?raw';
import verified from '@primer/octicons/build/svg/verified-16.svg?raw';
import x from '@primer/octicons/build/svg/x-16.svg?raw';
import xCircleFill from '@primer/octicons/build/svg/x-circle-fill-16.svg?raw';
import arrowUp from '@primer/octicons/build/svg/arrow-up-16.svg?raw';
import mail from '@primer/octicons/build/svg/mail-16.svg?raw';
import pencil from '@primer/octicons/build/svg/pencil-16.svg?raw';
import creditCard from '@primer/octicons/build/svg/credit-card-16.svg?raw';
import organization from '@primer/octicons/build/svg/organization-16.svg?raw';
import people from '@primer/octicons/build/svg/people-16.svg?raw';
import repo from '@primer/octicons/build/svg/repo-16.svg?raw';
import arrowSwitch from '@primer/octicons/build/svg/arrow-switch-16.svg?raw';
import skip from '@primer/octicons/build/svg/skip-16.svg?raw';
import workflow from '@primer/octicons/build/svg/workflow-16.svg?raw';
import plus from '@primer/octicons/build/svg/plus-16.svg?raw';
import server from '@primer/octicons/build/svg/server-16.svg?raw';
import tag from '@primer/octicons/build/svg/tag-16.svg?raw';
import lock from '@primer/octicons/build/svg/lock-16.svg?raw';
import broadcast from '@primer/octicons/build/svg/broadcast-16.svg?raw';
import shieldLock from '@primer/octicons/build/svg/shield-lock-16.svg?raw';
import chevronUp from '@primer/octicons/build/svg/chevron-up-16.svg?raw';
import triangleDown from '@primer/octicons/build/svg/triangle-down-16.svg?raw';
import folder from '@primer/octicons/build/svg/file-directory-16.svg?raw';
import tools from '@primer/octicons/build/svg/tools-16.svg?raw';
import dash from '@primer/octicons/build/svg/dash-16.svg?raw';
import file from '@primer/octicons/build/svg/file-16.svg?raw';
import lightBulb from '@primer/octicons/build/svg/light-bulb-16.svg?raw';
import screenFull from '@primer/octicons/build/svg/screen-full-16.svg?raw';
import cache from '@primer/octicons/build/svg/cache-16.svg?raw';
import dotFill from '@primer/octicons/build/svg/dot-fill-16.svg?raw';

const raw = {
  alertFill,
  arrowSwitch,
  arrowUp,
  beaker,
  bell,
  broadcast,
  cache,
  check,
  checkCircleFill,
  chevronDown,
  chevronRight,
  chevronUp,
  circle,
  clock,
  cloudOffline,
  commandPalette,
  container,
  cpu,
  copy,
  creditCard,
  dash,
  dotFill,
  download,
  file,
  fileZip,
  folder,
  gear,
  globe,
  history,
  hourglass,
  info,
  kebab,
  key,
  lightBulb,
  linkExternal,
  lock,
  log,
  mail,
  noEntry,
  organization,
  paintbrush,
  paste,
  pause,
  pencil,
  people,
  person,
  play,
  plus,
  pulse,
  question,
  repo,
  screenFull,
  search,
  server,
  shieldCheck,
  shieldLock,
  skip,
  stack,
  sync,
  tag,
  terminal,
  tools,
  trash,
  triangleDown,
  undo,
  upload,
  verified,
  workflow,
  x,
  xCircleFill,
  zap,
};

export type IconName = keyof typeof raw;

/** All of them, for the page of components. */
export const iconNames = Object.keys(raw) as IconName[];

/** The paths of an icon, in a box of 16 by 16. */
export const paths = (name: IconName): string[] =>
  [...raw[name].matchAll(/<path[^>]* d="([^"]+)"/g)].map((match) => match[1] ?? '');
