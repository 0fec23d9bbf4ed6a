// HTTP-date (RFC 9110 §5.6.7): all three forms in, IMF-fixdate out.

/** IMF-fixdate, `Sun, 06 Nov 1994 08:49:37 GMT`, of a time in ms since the epoch; fractions of a second are dropped. */
export const formatDate = bySecond((ms) => new Date(ms).toUTCString());

/** RFC 3339 in UTC, of a time in ms since the epoch, likewise: the Windows redirector cannot read a fraction. */
export const formatTimestamp = bySecond((ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z'));

/** The members of a collection were often written in one second, and all of a listing is formatted at once. */
function bySecond(format: (ms: number) => string): (ms: number) => string {
  let second = Number.NaN;
  let text = '';
  return (ms) => {
    if (Math.floor(ms / 1000) !== second) {
      text = format(ms);
      second = Math.floor(ms / 1000);
    }
    return text;
  };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const WEEKDAY = '(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day';
const MONTH = `(?<month>${MONTHS.join('|')})`;
const TIME = '(?<time>\\d{2}:\\d{2}:\\d{2})';
const FORMS = [
  new RegExp(`^${DAY}, (?<day>\\d{2}) ${MONTH} (?<year>\\d{4}) ${TIME} GMT$`), // IMF-fixdate
  new RegExp(`^${WEEKDAY}, (?<day>\\d{2})-${MONTH}-(?<year>\\d{2}) ${TIME} GMT$`), // RFC 850
  new RegExp(`^${DAY} ${MONTH} (?<day>\\d{2}| \\d) ${TIME} (?<year>\\d{4})$`), // asctime
];

/**
 * An HTTP-date as ms since the epoch; undefined when it is none (its header is then ignored). The name of the weekday is not
 * checked against the date. `now` (ms) settles the century of the two-digit years of RFC 850.
 */
export function parseDate(value: string, now = Date.now()): number | undefined {
  for (const form of FORMS) {
    const groups = form.exec(value)?.groups;
    if (groups === undefined) continue;
    const { day = '', month = '', year = '', time = '' } = groups;
    if (year.length === 4) return assemble(Number(year), month, Number(day), time);
    // More than 50 years ahead means the last such year gone by (RFC 9110 §5.6.7).
    const thisYear = new Date(now).getUTCFullYear();
    const limit = new Date(now).setUTCFullYear(thisYear + 50);
    for (const century of [100, 0, -100]) {
      const date = assemble(thisYear - (thisYear % 100) + century + Number(year), month, Number(day), time);
      if (date !== undefined && date <= limit) return date;
    }
  }
  return undefined;
}

function assemble(year: number, month: string, day: number, time: string): number | undefined {
  const [hour = 0, minute = 0, second = 0] = time.split(':').map(Number);
  if (hour > 23 || minute > 59 || second > 60) return undefined; // 60 is a leap second
  const date = new Date(0);
  date.setUTCFullYear(year, MONTHS.indexOf(month), day); // Date.UTC would take the years 0 to 99 for 1900 to 1999
  if (date.getUTCDate() !== day) return undefined;
  return date.setUTCHours(hour, minute, second);
}
