import { forcedBy } from './forced-colors';

forcedBy('dark');
