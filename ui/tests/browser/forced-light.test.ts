import { forcedBy } from './forced-colors';

forcedBy('light');
