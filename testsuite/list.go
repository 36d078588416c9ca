package testsuite

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite/internal/filter"
)

// aggregates are Spanner's collections across the children of a parent, each
// with the child's own collection.
var aggregates = map[string]string{
	"databaseOperations":          "databases",
	"backupOperations":            "backups",
	"instancePartitionOperations": "instancePartitions",
	"instanceConfigOperations":    "instanceConfigs",
}

// collectionsOf returns the collections whose List covers an operation: its own,
// and that across the children of its grandparent, if Spanner has one.
func collectionsOf(operation string) []string {
	parent, _ := splitLast(operation)
	own := strings.TrimSuffix(parent, "/")
	collections := []string{own}
	rest, under := strings.CutSuffix(own, "/operations")
	rest, _ = splitLast(rest)
	grandparent, children := splitLast(strings.TrimSuffix(rest, "/"))
	for aggregate, of := range aggregates {
		if under && of == children {
			collections = append(collections, grandparent+aggregate)
		}
	}
	return collections
}

// cursor is the place at which a page continues. It names the last item of the page
// before, not an offset, so that an operation that starts between two pages moves
// none. Its text is the opaque page token, valid for one collection and filter.
type cursor struct {
	after  string
	digest string
}

func cursorFor(r request) cursor {
	hash := fnv.New64a()
	_, _ = fmt.Fprintf(hash, "%q %q %q", r.name, r.args.Get("filter"), r.args.Get("instance")) // a hash takes everything
	return cursor{digest: strconv.FormatUint(hash.Sum64(), 36)}
}

func (c cursor) token(after string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(c.digest + " " + after))
}

func (c cursor) at(token string) (cursor, error) {
	if token == "" {
		return c, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(token)
	digest, after, found := strings.Cut(string(text), " ")
	if err != nil || !found || digest != c.digest {
		return c, fmt.Errorf("page token %q does not belong to this collection and filter", token)
	}
	c.after = after
	return c, nil
}

// paging are the page and the filter of a list request.
type paging struct {
	cursor   cursor
	size     int
	filter   filter.Filter
	instance string // of Cloud SQL, "" for any
}

// matches reports whether the list shows an operation in the standard form.
func (p paging) matches(body []byte) bool {
	if p.filter != nil && !p.filter.Matches(body) {
		return false
	}
	if p.instance == "" {
		return true
	}
	var op struct {
		Metadata struct {
			TargetID string `json:"targetId"`
		} `json:"metadata"`
	}
	return json.Unmarshal(body, &op) == nil && op.Metadata.TargetID == p.instance
}

func (s *Service) paging(r request, eligible filter.Fields) (paging, *lro.Status) {
	invalid := func(err error) (paging, *lro.Status) {
		return paging{}, &lro.Status{Code: lro.CodeInvalidArgument, Message: err.Error()}
	}
	at, err := cursorFor(r).at(r.args.Get("pageToken"))
	if err != nil {
		return invalid(err)
	}
	size, err := pageSize(r.args, s.options.PageSize)
	if err != nil {
		return invalid(err)
	}
	where, err := filter.Parse(r.args.Get("filter"), eligible)
	if err != nil {
		return invalid(err)
	}
	return paging{cursor: at, size: size, filter: where, instance: r.args.Get("instance")}, nil
}

// pageSize caps the size in the request, as AIP-158 says. A negative size is an error.
func pageSize(args url.Values, most int) (int, error) {
	if !args.Has("pageSize") {
		return most, nil
	}
	size, err := strconv.Atoi(args.Get("pageSize"))
	if err != nil || size < 0 {
		return 0, fmt.Errorf("page size %q is not 0 or more", args.Get("pageSize"))
	}
	if size == 0 {
		return most, nil
	}
	return min(size, most), nil
}

// list answers ListOperations, newest first. An operation on the page counts as read.
func (s *Service) list(r request) reply {
	ask, refusal := s.paging(r, filter.Operations)
	if refusal != nil {
		return reply{status: refusal}
	}
	unreachable := s.unreachable(r.name)
	if len(unreachable) > 0 && r.args.Get("returnPartialSuccess") != "true" {
		return failed(lro.CodeUnavailable, "unreachable: "+strings.Join(unreachable, ", "))
	}
	now := s.clock.Now()
	shown, next := s.page(r.name, ask, now)
	page := map[string]any{}
	if len(shown) > 0 {
		page["operations"] = bodies(shown, now)
	}
	if next != "" {
		page["nextPageToken"] = next
	}
	if len(unreachable) > 0 {
		page["unreachable"] = unreachable
	}
	answer := ok(object(page))
	answer.addDone(shown...)
	return answer
}

func bodies(operations []*operation, now time.Time) []json.RawMessage {
	out := make([]json.RawMessage, len(operations))
	for i, op := range operations {
		out[i] = op.json(now)
	}
	return out
}

// page reads the operations of the page and no others: a list that does not show an
// operation does not count as a poll of it.
func (s *Service) page(collection string, ask paging, now time.Time) (page []*operation, next string) {
	used, last := 0, 0
	for _, op := range slices.Backward(ask.cursor.older(s.collections[collection])) {
		if !op.visible(now) || s.isUnreachable(op.name) {
			continue
		}
		matches := ask.matches(op.json(now))
		if !matches && !s.options.SparsePages {
			continue
		}
		if used == ask.size {
			return page, ask.cursor.token(strconv.Itoa(last))
		}
		used, last = used+1, op.order
		if matches {
			op.read(now)
		}
		if matches && op.visible(now) { // unless this read was its last
			page = append(page, op)
		}
	}
	return page, ""
}

// older returns the operations of a collection that are older than the cursor.
// operations are in the order of their starts.
func (c cursor) older(operations []*operation) []*operation {
	after, err := strconv.Atoi(c.after)
	if err != nil {
		return operations
	}
	end, _ := slices.BinarySearchFunc(operations, after, func(op *operation, after int) int { return op.order - after })
	return operations[:end]
}

// unreachable returns the unreachable resources that a list of the collection
// would have to read.
func (s *Service) unreachable(collection string) []string {
	parent, last := splitLast(collection)
	var found []string
	for _, name := range s.options.Unreachable {
		children, aggregate := aggregates[last]
		below := aggregate && strings.HasPrefix(name, parent+children+"/")
		if below || strings.HasPrefix(parent, name+"/") {
			found = append(found, name)
		}
	}
	return found
}

func (s *Service) isUnreachable(operation string) bool {
	return slices.ContainsFunc(s.options.Unreachable, func(name string) bool {
		return strings.HasPrefix(operation, name+"/")
	})
}

// splitLast cuts a name before its last segment. parent keeps its slash.
func splitLast(name string) (parent, last string) {
	i := strings.LastIndexByte(name, '/') + 1
	return name[:i], name[i:]
}
