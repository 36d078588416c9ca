package testsuite

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"google.golang.org/api/spanner/v1"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite/internal/filter"
	"github.com/awaitop/awaitop/testsuite/internal/spannerjson"
)

// resource is one of Spanner's, an instance, database, backup, config or partition, or one of the
// catalog's. Its state follows from the operations on it, at each read: while its creation runs it is
// CREATING, and if its creation failed or was canceled it does not exist. The
// Service's lock guards it.
type resource struct {
	name     string
	fields   map[string]any
	created  *operation // nil for a resource of Put
	optimize *operation // of a restored database
	changes  []change

	// Of the catalog's:
	by       *catalog.Method // that makes such a resource; nil for one of Spanner's
	id       string          // of Compute Engine's
	madeAt   time.Time
	deleting *operation
	deleted  bool // it stays in the state DELETED
}

// change is an update that holds once its operation has succeeded, or, for
// statements, to the part of it that has committed. A field of nil is cleared.
type change struct {
	by         *operation
	fields     map[string]any
	statements []string
}

type kind struct {
	singular, plural string
	message          string
	schema           reflect.Type
	eligible         filter.Fields // for the filter of a list
}

var (
	kindInstance = kind{"Instance", "instances", typeInstance, reflect.TypeFor[spanner.Instance](), filter.Fields{"name", "displayName", "labels."}}
	kindDatabase = kind{"Database", "databases", typeDatabase, reflect.TypeFor[spanner.Database](), nil}
	kindBackup   = kind{"Backup", "backups", typeBackup, reflect.TypeFor[spanner.Backup](), filter.Fields{
		"name", "database", "state", "createTime", "expireTime", "versionTime", "sizeBytes", "backupSchedules",
	}}
	kindConfig    = kind{"InstanceConfig", "instanceConfigs", typeConfig, reflect.TypeFor[spanner.InstanceConfig](), nil}
	kindPartition = kind{"InstancePartition", "instancePartitions", typePartition, reflect.TypeFor[spanner.InstancePartition](), nil}

	resourceName = regexp.MustCompile(`^projects/[^/]+/(instanceConfigs/[^/]+|instances/[^/]+(/(databases|backups|instancePartitions)/[^/]+)?)$`)
)

// Put adds a resource that is ready, or replaces one: of Spanner's, or one that a method of the
// catalog makes. name is its full name, fields are those of its JSON, nil for none; name, state and
// createTime are set. Its parent need not exist.
func (s *Service) Put(name string, fields map[string]any) { s.must(s.putReady(name, fields)) }

func (s *Service) putReady(name string, fields map[string]any) error {
	if s.putsMade(name, fields) {
		return nil
	}
	if !resourceName.MatchString(name) {
		return invalidResourceName("name", name)
	}
	fields, err := spannerjson.Normal(kindOf(name).schema, fields)
	if err != nil {
		return &lro.InvalidError{Field: "fields", Value: err.Error(), Want: "fields of " + kindOf(name).message}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(name, fields, nil)
	return nil
}

// kindOf returns the kind of a resource by its name.
func kindOf(name string) kind {
	parent, _ := splitLast(name)
	_, collection := splitLast(strings.TrimSuffix(parent, "/"))
	for _, k := range []kind{kindDatabase, kindBackup, kindConfig, kindPartition} {
		if k.plural == collection {
			return k
		}
	}
	return kindInstance
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
	made := s.madeAt(name)
	fields["name"] = name
	if kindOf(name).plural != kindConfig.plural { // a config has no createTime
		fields["createTime"] = timestamp(made)
	}
	r := &resource{name: name, fields: fields, created: created}
	s.resources[name] = r
	return r
}

// madeAt is the createTime of a resource that is made now. One that is made again has another, also on a
// clock that stands still.
func (s *Service) madeAt(name string) time.Time {
	made := s.clock.Now()
	if last, again := s.made[name]; again && !made.After(last) {
		made = last.Add(time.Microsecond)
	}
	s.made[name] = made
	return made
}

// Exists reports whether the service has a resource of that name: ready, still being created, being
// deleted, or in the state DELETED or FAILED.
func (s *Service) Exists(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.find(name) != nil
}

// find returns the resource of that name, nil if there is none.
func (s *Service) find(name string) *resource {
	now := s.clock.Now()
	s.settleDeletes(name, now)
	r := s.resources[name]
	if r == nil || r.created != nil && !r.created.running(now) && !r.created.succeeded(now) && !s.keepsFailed(r) {
		return nil
	}
	return r
}

// keepsFailed reports whether a resource stays although its creation has failed.
func (s *Service) keepsFailed(r *resource) bool { return r.by != nil && s.options.KeepsFailed }

// drop removes a resource and everything in it. Operations on them that run end: they
// have nothing left to work on. Records of operations stay. Spanner's reference says
// neither that they end nor how; NOT_FOUND is the code of every other use of the name.
func (s *Service) drop(name string) {
	now := s.clock.Now()
	for _, op := range s.order {
		if op.running(now) && (under([]string{name}, op.name) || under([]string{name}, op.target)) {
			op.finish(now, Fail(lro.CodeNotFound, name+" was deleted"))
			op.wake()
		}
	}
	maps.DeleteFunc(s.resources, func(other string, _ *resource) bool {
		return other == name || strings.HasPrefix(other, name+"/")
	})
}

// json is the resource as a read at the given time finds it.
func (r *resource) json(now time.Time) map[string]any {
	out := maps.Clone(r.fields)
	out["state"] = r.state(now)
	if r.reconciling(now) {
		out["reconciling"] = true
	}
	for _, c := range r.changes {
		if c.by.succeeded(now) {
			maps.Copy(out, c.fields)
		}
	}
	maps.DeleteFunc(out, func(_ string, value any) bool { return value == nil })
	return out
}

const (
	stateCreating = "CREATING"
	stateReady    = "READY"
)

// reconciling says of a database that an UpdateDatabase is pending, and of a
// config that any operation is.
func (r *resource) reconciling(now time.Time) bool {
	config := kindOf(r.name).plural == kindConfig.plural
	if config && r.state(now) == stateCreating {
		return true
	}
	return slices.ContainsFunc(r.changes, func(c change) bool {
		return (config || c.by.method == updateDatabase) && c.by.running(now)
	})
}

// state is one of the States of Spanner's Instance, Database and Backup, or the word of another service.
func (r *resource) state(now time.Time) string {
	switch {
	case r.by != nil:
		return wordsOf(r.by)[r.phase(now)]
	case r.created != nil && r.created.running(now):
		return stateCreating
	case r.optimize != nil && r.optimize.running(now):
		return "READY_OPTIMIZING"
	default:
		return stateReady
	}
}

// statements are the committed statements of the database's schema.
func (r *resource) statements(now time.Time) []string {
	statements := []string{}
	for _, c := range r.changes {
		_ = c.by.running(now) // lets it end, if it has
		done := int(c.by.fraction(c.by.snapshot(now).Now)*float64(len(c.statements)) + 1e-9)
		statements = append(statements, c.statements[:done]...)
	}
	return statements
}

// asResponse returns a function that returns the resource as an operation's response.
// If the resource is gone by then, it returns the last state.
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
	ask, refusal := s.paging(r, k.eligible)
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
		if !ask.filter.Matches(object(body)) {
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
	return refused(lro.CodeInvalidArgument, format, args...)
}

func refused(code lro.Code, format string, args ...any) reply {
	return failed(code, fmt.Sprintf(format, args...))
}
