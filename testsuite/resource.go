package testsuite

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// resource is an instance, database, backup, config or partition. What it is follows from the
// operations on it, looked up when it is read: one whose creation runs is
// CREATING, and one whose creation failed or was canceled does not exist. The
// Service's lock guards it.
type resource struct {
	name     string
	fields   map[string]any
	created  *operation // nil for one that was put there
	optimize *operation // of a restored database
	changes  []change
}

// change is an update that holds once its operation has succeeded, or, for
// statements, to the part of it that has committed.
type change struct {
	by         *operation
	fields     map[string]any
	statements []string
}

type kind struct {
	singular, plural string
	message          string
}

var (
	kindInstance = kind{"Instance", "instances", typeInstance}
	kindDatabase = kind{"Database", "databases", typeDatabase}
	kindBackup   = kind{"Backup", "backups", typeBackup}

	kindConfig    = kind{"InstanceConfig", "instanceConfigs", typeConfig}
	kindPartition = kind{"InstancePartition", "instancePartitions", typePartition}

	resourceName = regexp.MustCompile(`^projects/[^/]+/(instanceConfigs/[^/]+|instances/[^/]+(/(databases|backups|instancePartitions)/[^/]+)?)$`)
)

// Put adds a resource that is ready, or replaces one: one of Spanner's, by its full name, with the given fields of its JSON (name, state and
// createTime are set; nil for no others). What it stands in need not exist. The
// error is an [*lro.InvalidError] for "name".
func (s *Service) Put(name string, fields map[string]any) error {
	if !resourceName.MatchString(name) {
		return invalidResourceName("name", name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(name, fields, nil)
	return nil
}

func invalidResourceName(field, name string) error {
	return &lro.InvalidError{Field: field, Value: name, Want: "projects/P/instances/I, .../databases/D, .../backups/B, .../instancePartitions/P or projects/P/instanceConfigs/C"}
}

// put stores a copy of fields: the caller may go on using its map.
func (s *Service) put(name string, fields map[string]any, created *operation) *resource {
	fields = maps.Clone(fields)
	if fields == nil {
		fields = map[string]any{}
	}
	// What is made again is known by its time to be another, on a clock that
	// stands still, too.
	made := s.clock.Now()
	if last, again := s.made[name]; again && !made.After(last) {
		made = last.Add(time.Microsecond)
	}
	s.made[name] = made
	fields["name"], fields["createTime"] = name, timestamp(made)
	r := &resource{name: name, fields: fields, created: created}
	s.resources[name] = r
	return r
}

// Exists reports whether the service has a resource of that name, ready or
// still being created.
func (s *Service) Exists(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.find(name) != nil
}

// find returns the resource of that name, nil if there is none.
func (s *Service) find(name string) *resource {
	r := s.resources[name]
	now := s.clock.Now()
	if r == nil || r.created != nil && !r.created.running(now) && !r.created.succeeded(now) {
		return nil
	}
	return r
}

// drop removes a resource and all that stands in it. Operations stay: their
// records outlive what they were about.
func (s *Service) drop(name string) {
	maps.DeleteFunc(s.resources, func(other string, _ *resource) bool {
		return other == name || strings.HasPrefix(other, name+"/")
	})
}

// holdsBackups reports whether backups keep an instance from being deleted.
func (s *Service) holdsBackups(instance string) bool {
	for name := range s.resources {
		if strings.HasPrefix(name, instance+"/backups/") && s.find(name) != nil {
			return true
		}
	}
	return false
}

// json is the resource as a read at the given time finds it.
func (r *resource) json(now time.Time) map[string]any {
	out := maps.Clone(r.fields)
	out["state"] = r.state(now)
	for _, c := range r.changes {
		if c.by.succeeded(now) {
			maps.Copy(out, c.fields)
		}
	}
	return out
}

// state is one of the States of Spanner's Instance, Database and Backup.
func (r *resource) state(now time.Time) string {
	switch {
	case r.created != nil && r.created.running(now):
		return "CREATING"
	case r.optimize != nil && r.optimize.running(now):
		return "READY_OPTIMIZING"
	default:
		return "READY"
	}
}

// statements is the database's schema: what has committed.
func (r *resource) statements(now time.Time) []string {
	statements := []string{}
	for _, c := range r.changes {
		_ = c.by.running(now) // lets it end, if it has
		done := int(c.by.fraction(c.by.snapshot(now).Now)*float64(len(c.statements)) + 1e-9)
		statements = append(statements, c.statements[:done]...)
	}
	return statements
}

// asResponse is the resource as an operation's response. It is made at the
// operation's end, when the resource may have been dropped already.
func (s *Service) asResponse(name string, k kind) func() json.RawMessage {
	last := map[string]any{"name": name}
	return func() json.RawMessage {
		if r := s.resources[name]; r != nil {
			last = r.json(s.clock.Now())
		}
		return object(typed(k.message, last))
	}
}

func (s *Service) getResource(k kind, name string) reply {
	r := s.find(name)
	if r == nil {
		return notFound(k.singular, name)
	}
	return ok(object(r.json(s.clock.Now())))
}

// listResources answers a list, in the order of names.
func (s *Service) listResources(k kind, r request) reply {
	ask, refusal := s.paging(r)
	if refusal != nil {
		return reply{status: refusal}
	}
	page, last := []any{}, ""
	for _, name := range slices.Sorted(maps.Keys(s.resources)) {
		parent, _ := splitLast(name)
		found := s.find(name)
		if parent != r.name+"/" || found == nil || name <= ask.cursor.after {
			continue
		}
		body := found.json(s.clock.Now())
		if !ask.filter.matches(object(body)) {
			continue
		}
		if len(page) == ask.size {
			return ok(object(map[string]any{k.plural: page, "nextPageToken": ask.cursor.token(last)}))
		}
		page, last = append(page, body), name
	}
	if len(page) == 0 {
		return empty
	}
	return ok(object(map[string]any{k.plural: page}))
}

func alreadyExists(k kind, name string) reply {
	return failed(lro.CodeAlreadyExists, fmt.Sprintf("%s already exists: %s", k.singular, name))
}

func invalidArgument(format string, args ...any) reply {
	return failed(lro.CodeInvalidArgument, fmt.Sprintf(format, args...))
}
