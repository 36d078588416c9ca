package google

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
)

// Request is the request of a step whose starter is [Activities.Start]: starters.StartInput.Request.
type Request struct {
	// Body is the body of the method's request in the API's JSON. Of a method that makes a resource it is
	// that resource, even where the request wraps it. The starter sets the id, the label and the requestId,
	// and refuses a body that has others.
	Body json.RawMessage `json:"body,omitempty"`
	// UpdateMask names the fields that an update changes, such as "nodeCount". Default: none is sent.
	UpdateMask []string `json:"updateMask,omitempty"`
	// Parameters are further parameters of the request's query, such as allowMissing. Refused are those that
	// the starter sets, those that the method is known not to take, those of every request, such as fields,
	// and another spelling than that of the documents, such as allow_missing. Default: none.
	Parameters map[string]string `json:"parameters,omitempty"`
	// MayStartTwice allows a method of which nothing tells its operation from another's: after a lost
	// reply the call is made again. Other methods ignore it. Default: such a method is refused.
	MayStartTwice bool `json:"mayStartTwice,omitempty"`
}

// prepared is a request that is ready to be made.
type prepared struct {
	method  method
	request Request
	body    fields
}

type want = starters.Want[prepared]

// prepare checks a request and makes it ready. Its error is an [*lro.InvalidError].
func (m method) prepare(raw starters.Want[json.RawMessage]) (prepared, error) {
	request, err := starters.DecodeRequest[Request](raw.Request)
	if err != nil {
		return prepared{}, err
	}
	if err := m.check(request, raw.Target); err != nil {
		return prepared{}, err
	}
	if err := m.checkParameters(request); err != nil {
		return prepared{}, err
	}
	body, err := objectOf("request.body", request.Body)
	if err == nil {
		err = m.checkBody(body, request, raw.Target)
	}
	if err != nil {
		return prepared{}, err
	}
	return prepared{method: m, request: request, body: m.fill(body, raw)}, nil
}

// fill returns the body with what the target and the key say: the label, the wrap, the id.
func (m method) fill(body fields, in starters.Want[json.RawMessage]) fields {
	if m.Labels != "" && m.Body != "-" {
		body = body.with(m.Labels+"."+starters.LabelKey, text(in.Key))
	}
	if m.Body != "" && m.Body != "-" {
		body = fields{m.Body: body.json()}
	}
	switch m.IDPlace.In {
	case catalog.InBody:
		body = body.with(m.IDPlace.Field, text(lastOf(in.Target)))
	case catalog.InName:
		body = body.with(m.IDPlace.Field, text(in.Target))
	}
	return body
}

// keepKey returns the request of a change that leaves its target the key that it was made with: labels of a request
// replace all, and by that one the undo knows what its step has made.
func (p prepared) keepKey(target *starters.Resource) prepared {
	m := p.method
	if m.makes() || m.kind == nil || m.kind.Labels == "" || target == nil {
		return p
	}
	path := m.kind.Labels
	if m.Body != "" && m.Body != "-" {
		path = m.Body + "." + path
	}
	key := fieldsOf(target.JSON).at(m.kind.Labels + "." + starters.LabelKey)
	sets := p.body.at(path) != nil || slices.Contains(p.request.UpdateMask, m.kind.Labels)
	if textOf(key) != "" && sets && p.body.at(path+"."+starters.LabelKey) == nil {
		p.body = p.body.with(path+"."+starters.LabelKey, key)
	}
	return p
}

// call is the request that starts the operation. generation counts from 1.
func (p prepared) call(in want, generation int) (lro.ResourceRequest, bool) {
	m := p.method
	line, id, ok := m.Request(in.Target)
	query, body := url.Values{}, maps.Clone(p.body)
	for name, value := range p.request.Parameters {
		query.Set(name, value)
	}
	set := func(place catalog.Place, value string) {
		switch place.In {
		case catalog.InQuery:
			query.Set(place.Field, value)
		case catalog.InBody:
			body = body.with(place.Field, text(value))
		}
	}
	if m.IDPlace.In == catalog.InQuery {
		set(m.IDPlace, id)
	}
	if len(p.request.UpdateMask) > 0 {
		set(m.UpdateMask, strings.Join(p.request.UpdateMask, ","))
	}
	set(m.RequestID, requestID(p.mark(in.Key), generation))
	request := lro.ResourceRequest{Service: m.Service.Host, Method: m.ID, Resource: in.Target, Line: line, Query: query}
	if m.Verb != "DELETE" {
		request.Body = body.json()
	}
	return request, ok
}

// mark is what the request ids are made of: the step's key, and of a change the request as well. Where a retry
// follows a continue-as-new, nothing else tells which of two changes of one key an operation is.
func (p prepared) mark(key string) string {
	if p.method.makes() {
		return key
	}
	sum := sha256.Sum256(p.canonical())
	return key + "\x00" + hex.EncodeToString(sum[:])
}

// canonical is the request, whatever order and spaces an encoder writes.
func (p prepared) canonical() []byte {
	r := p.request
	var body any
	decoder := json.NewDecoder(bytes.NewReader(r.Body))
	decoder.UseNumber()
	_ = decoder.Decode(&body) // an empty one stays nil, and another was read before
	out, _ := json.Marshal([]any{body, r.UpdateMask, r.Parameters})
	return out
}

// namespace is that of the request ids, a random UUID (RFC 9562, section 5.5).
var namespace = uuid.MustParse("6f3c9a52-0d5e-4b8e-9a51-7c1f0a7f5d20")

// requestID is the request id of a generation of a step's mark.
func requestID(mark string, generation int) string {
	return uuid.NewSHA1(namespace, []byte(mark+"\x00"+strconv.Itoa(generation))).String()
}

// maxGenerations bounds the calls of one attempt, and the ids that a mark is compared with.
const maxGenerations = 16

// isRequestID reports whether an id is that of one of the step's generations.
func isRequestID(id, mark string) bool {
	if id == "" {
		return false
	}
	generations := make([]string, maxGenerations)
	for i := range generations {
		generations[i] = requestID(mark, i+1)
	}
	return slices.Contains(generations, id)
}
