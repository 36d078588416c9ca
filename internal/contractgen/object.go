package contractgen

import (
	"bytes"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// object is a mapping whose keys keep their order.
type object struct {
	keys   []string
	values map[string]any // string, bool, int, []string, []any or *object
}

// newObject returns an object of keys and values, alternately. It leaves out "", and empty lists and objects.
func newObject(pairs ...any) *object {
	o := &object{values: map[string]any{}}
	for i := 0; i < len(pairs); i += 2 {
		o.set(pairs[i].(string), pairs[i+1])
	}
	return o
}

// set adds a key at the end, or replaces its value.
func (o *object) set(key string, value any) {
	if isEmpty(value) {
		return
	}
	if _, ok := o.values[key]; !ok {
		o.keys = append(o.keys, key)
	}
	o.values[key] = value
}

func isEmpty(value any) bool {
	switch v := value.(type) {
	case string:
		return v == ""
	case []string:
		return len(v) == 0
	case []any:
		return len(v) == 0
	case *object:
		return v == nil
	default:
		return false
	}
}

// child is the object under a key, nil for none.
func (o *object) child(key string) *object {
	c, _ := o.values[key].(*object)
	return c
}

// text is the string under a key, "" for none.
func (o *object) text(key string) string {
	s, _ := o.values[key].(string)
	return s
}

// listOf is the list of texts under a key, nil for none.
func listOf(o *object, key string) []string {
	list, _ := o.values[key].([]string)
	return list
}

// yaml is the object in YAML.
func (o *object) yaml() ([]byte, error) {
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(node(o)); err != nil {
		return nil, err
	}
	return out.Bytes(), encoder.Close()
}

// node is a value as a node of YAML.
func node(value any) *yaml.Node {
	switch v := value.(type) {
	case *object:
		n := &yaml.Node{Kind: yaml.MappingNode}
		for _, key := range v.keys {
			n.Content = append(n.Content, scalar(key), node(v.values[key]))
		}
		return n
	case []string:
		n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		for _, text := range v {
			n.Content = append(n.Content, scalar(text))
		}
		return n
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for _, element := range v {
			n.Content = append(n.Content, node(element))
		}
		return n
	case string:
		return scalar(v)
	default:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: fmt.Sprint(v)}
	}
}

// scalar is a text as a node: of several lines as a literal, in quotes if it begins with a digit.
func scalar(text string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(text)
	switch {
	case strings.Contains(text, "\n"):
		n.Style = yaml.LiteralStyle
	case text != "" && text[0] >= '0' && text[0] <= '9':
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}
