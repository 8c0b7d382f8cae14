/** Words of software work that stand for each other: abbreviations, and what one person calls by another name than the next. */

/** A line each; a word may stand in several. */
const GROUPS = `
abort cancel kill stop terminate interrupt
access permission authorization
add append create insert new make
agent worker bot
allow permit whitelist allowlist
answer reply response result
app application program
approve approval accept confirm confirmation
arg argument param parameter flag
ask request query
async asynchronous
auth authentication authenticate login credential
automatic auto
avoid prevent forbid block
backup copy snapshot
begin start launch
big large huge
block deny reject refuse decline
bug defect error fault issue
build compile bundle
button control
cache memoize
call invoke execute
change modify edit update alter
check verify validate inspect
choose select pick
clean cleanup tidy
click press
close exit quit shutdown
cmd command
compare diff difference drift
complete finish done
config configuration configure setting option preference
connect connection attach link
container docker podman
convert transform migrate
count number total
crash panic die fail failure
db database
debug diagnose diagnostic troubleshoot
default fallback
delay wait timeout
delete remove drop erase
dependency deps prerequisite
deploy deployment release publish ship
describe description explain explanation
dialog modal popup window
dir directory folder
disconnect lost offline
display show render view visible
docs documentation doc readme guide
duplicate double copy
empty blank missing
enable activate
end finish last
endpoint route api
env environment
exception throw error
exe executable binary
expand open unfold
export dump
fast quick speed performance
fetch get load read
find search locate lookup discover
fix repair mend resolve patch
forget lose lost
format style layout
func function method
gui ui interface frontend
hang freeze stuck
hide conceal collapse
id identifier key
image picture icon
import ingest
improve enhance optimize
info information detail
init initialize initialise setup
inside within nested
install setup
join merge combine consolidate
keep preserve retain
kind type category
large long
latency slow
learn lesson learnt
lib library package module
limit max maximum cap budget
list enumerate overview
lock mutex
log logging record history audit
mark flag label
memory ram
message msg notification
min minimum
mistake wrong incorrect error
move reorder
name label title
nest hierarchy tree
note comment
obsolete stale old outdated legacy
order sequence sort
owner author
page screen
parent ancestor
path location
pause suspend hold
person user human operator
plan roadmap
progress status
protect guard secure
purpose goal aim objective
queue pending
reason why rationale
recover recovery restore resume
refactor restructure rewrite
reject decline
rename name
repeat retry
repo repository
report summary
require need must
restart reload
return give answer
reuse existing share
review audit verdict
revert rollback undo
rule convention guideline
run execute execution
save store persist write
schema structure
script automation
secret token credential password
security vulnerability
send emit post
separate split divide
server backend service
session run
shell terminal console
short small slim compact reduce
size length bytes
spawn launch
step task
suggest recommend recommendation
summary summarise summarize overview digest
sync synchronize
tab panel
test spec
think consider
throttle debounce
time date timestamp
trigger cause
unify consolidate
unknown undefined
upgrade update
url link
var variable
version release
wish want goal
warn warning
`;

const RELATED = new Map<string, Set<string>>();
for (const group of GROUPS.trim()
  .split('\n')
  .map((line) => line.split(' '))) {
  for (const word of group) {
    const known = RELATED.get(stem(word)) ?? new Set();
    RELATED.set(stem(word), known);
    for (const other of group) if (stem(other) !== stem(word)) known.add(other);
  }
}

/** Words that may stand for this one. */
export function synonymsOf(word: string): string[] {
  return [...(RELATED.get(stem(word.toLowerCase())) ?? [])];
}

/** So much of a word as is the same in its forms: delete, deletes, deleted, deleting. */
export function stem(word: string): string {
  return word.replace(/(?<=...)(?:ies|es|ed|ing|e|y|s)$/, '');
}
