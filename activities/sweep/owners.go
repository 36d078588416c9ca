package sweep

import (
	"context"
	"slices"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/internal/stepkey"
	"github.com/awaitop/awaitop/lro"
)

// maxListed is how many workflows one FindOwners looks through.
const maxListed = 100_000

// FindOwners finds the workflows of the worker's namespace whose keys the marks bear. Nothing leads from a
// key to its workflow but a hash of the workflow's id. So it lists workflows, those that run first, and
// describes those whose ids have the hash of a key: their first run's id tells whether the key is theirs.
// It lists the closed ones only as long as an owner is missing, those that have completed last, and no
// more than 100,000 in all. The server's list lags by a second or so. Its description does not.
// For keys that still have no owner it reads the inputs of RunOperations and UndoOperations, up to 10,000: their callers
// may have chosen the key.
//
// A transient error fails the attempt.
func (a *Activities) FindOwners(ctx context.Context, in orphans.OwnersInput) (orphans.OwnersOutput, error) {
	if err := in.Validate(); err != nil {
		return orphans.OwnersOutput{}, activities.NewError(lro.Invalid(lro.Ref{}, err))
	}
	defer a.core.Alive(ctx)()
	f := newFinder(a.server(ctx), in.Marks)
	if err := f.findOwners(ctx); err != nil {
		return orphans.OwnersOutput{}, err
	}
	w := &waitFinder{finder: f, running: map[string]string{}}
	if err := w.find(ctx, in.Marks); err != nil {
		return orphans.OwnersOutput{}, err
	}
	return orphans.OwnersOutput{Owners: f.owners(in.Marks), Awaiters: w.running, AwaitersCut: w.cut, RunsUnknown: w.open, Listed: f.listed, Cut: f.cut}, nil
}

// finder finds the owners of keys.
type finder struct {
	server  server
	window  window
	keys    map[string][]string // that have no owner yet, by the part that tells the workflow's id
	found   map[string]orphans.Owner
	visited map[string]bool // the ids of workflows that were looked at
	listed  int
	cut     bool
}

func newFinder(server server, marks []orphans.Mark) *finder {
	f := &finder{server: server, window: windowOf(marks), keys: map[string][]string{}, found: map[string]orphans.Owner{}, visited: map[string]bool{}}
	for _, mark := range marks {
		key, is := stepkey.Parse(mark.Key)
		if is && !slices.Contains(f.keys[key.Workflow], mark.Key) {
			f.keys[key.Workflow] = append(f.keys[key.Workflow], mark.Key)
		}
	}
	return f
}

// findOwners lists workflows until each key has its owner.
func (f *finder) findOwners(ctx context.Context) error {
	for _, filter := range f.window.filters() {
		if err := f.search(ctx, filter); err != nil {
			return err
		}
	}
	return f.findRuns(ctx)
}

// search looks through the workflows that a filter lists.
func (f *finder) search(ctx context.Context, filter string) error {
	for token, first := []byte(nil), true; len(f.keys) > 0 && (first || len(token) > 0); first = false {
		if f.listed >= maxListed {
			f.cut = true
			return nil
		}
		page, err := f.list(ctx, filter, token)
		if err != nil {
			return err
		}
		for _, one := range page.GetExecutions() {
			f.listed++
			if err := f.visit(ctx, one.GetExecution().GetWorkflowId()); err != nil {
				return err
			}
		}
		token = page.GetNextPageToken()
	}
	return nil
}

// visit looks at the workflows of an id, if keys may be theirs.
func (f *finder) visit(ctx context.Context, id string) error {
	if f.visited[id] || len(f.keys[stepkey.Workflow(id)]) == 0 {
		return nil
	}
	f.visited[id] = true
	chains, err := f.chains(ctx, id)
	if err != nil {
		return err
	}
	part := stepkey.Workflow(id)
	f.keys[part] = slices.DeleteFunc(f.keys[part], func(text string) bool {
		key, _ := stepkey.Parse(text)
		for first, owner := range chains {
			if key.IsOf(id, first) {
				owner.Key = text
				f.found[text] = owner
				return true
			}
		}
		return false
	})
	if len(f.keys[part]) == 0 {
		delete(f.keys, part)
	}
	return nil
}

// owners are the owners of the marks, each key once, those that were not found too.
func (f *finder) owners(marks []orphans.Mark) []orphans.Owner {
	var all []orphans.Owner
	told := map[string]bool{}
	for _, mark := range marks {
		if mark.Key == "" || told[mark.Key] {
			continue
		}
		told[mark.Key] = true
		owner := f.found[mark.Key]
		owner.Key = mark.Key
		all = append(all, owner)
	}
	return all
}
