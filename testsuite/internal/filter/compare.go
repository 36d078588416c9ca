package filter

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// compare never finds an absent field less or more than a value.
func compare(found any, operator, want string) bool {
	text := textOf(found)
	switch operator {
	case ":":
		return has(found, text, want)
	case "=":
		return order(text, want) == 0
	case "!=":
		return order(text, want) != 0
	case "<":
		return found != nil && order(text, want) < 0
	case "<=":
		return found != nil && order(text, want) <= 0
	case ">":
		return found != nil && order(text, want) > 0
	default:
		return found != nil && order(text, want) >= 0
	}
}

// has is the operator ":": presence for "*", otherwise containment.
func has(found any, text, want string) bool {
	switch {
	case found == nil:
		return want == text
	case want == "*":
		return true
	default:
		return strings.Contains(strings.ToLower(text), strings.ToLower(want))
	}
}

// textOf is a value as filters see it. An absent one is false: "done" is not
// there while an operation runs.
func textOf(value any) string {
	switch value := value.(type) {
	case nil:
		return "false"
	case string:
		return value
	default:
		body, err := json.Marshal(value)
		if err != nil {
			return ""
		}
		return string(body)
	}
}

// order compares as times or numbers where both are, as text otherwise.
func order(a, b string) int {
	at, errA := time.Parse(time.RFC3339Nano, a)
	bt, errB := time.Parse(time.RFC3339Nano, b)
	if errA == nil && errB == nil {
		return at.Compare(bt)
	}
	an, errA := strconv.ParseFloat(a, 64)
	bn, errB := strconv.ParseFloat(b, 64)
	if errA == nil && errB == nil {
		return cmp.Compare(an, bn)
	}
	return strings.Compare(strings.ToLower(a), strings.ToLower(b))
}
