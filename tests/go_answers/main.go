// Answers, a line of JSON for each line of JSON it reads, what Kubernetes' own Go libraries say about a quantity, two
// quantities, a label selector, a field selector, a duration or a percentage of a total.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

type question struct {
	Quantity *string             `json:"quantity"`
	Other    *string             `json:"other"`
	Factor   int64               `json:"factor"`
	Labels   *string             `json:"labels"`
	Fields   *string             `json:"fields"`
	Sets     []map[string]string `json:"sets"`
	Duration *string             `json:"duration"`
	Percent  *string             `json:"percentage"`
	Total    int                 `json:"total"`
	RoundUp  bool                `json:"roundUp"`
}

type answer struct {
	Error     string `json:"error,omitempty"`
	Text      string `json:"text"`
	Canonical string `json:"canonical,omitempty"`
	Format    string `json:"format,omitempty"`
	Rereads   *bool  `json:"rereads,omitempty"`
	Value     int64  `json:"value,omitempty"`
	Milli     int64  `json:"milli,omitempty"`
	Compared  int    `json:"compared,omitempty"`
	Sum       string `json:"sum,omitempty"`
	SumFormat string `json:"sumFormat,omitempty"`
	Less      string `json:"less,omitempty"`
	Product   string `json:"product,omitempty"`
	Matches   []bool `json:"matches,omitempty"`
}

func rereads(q resource.Quantity) *bool {
	again, err := resource.ParseQuantity(q.String())
	same := err == nil && again.Cmp(q) == 0
	return &same
}

func quantity(asked question) (given answer) {
	defer func() {
		if failure := recover(); failure != nil {
			given = answer{Error: fmt.Sprint("panic: ", failure)}
		}
	}()
	q, err := resource.ParseQuantity(*asked.Quantity)
	if err != nil {
		return answer{Error: err.Error()}
	}
	number, suffix := q.CanonicalizeBytes(nil)
	given = answer{
		Text: q.String(), Canonical: string(number) + string(suffix), Format: string(q.Format), Rereads: rereads(q),
		Value: q.Value(), Milli: q.MilliValue(),
	}
	if asked.Other != nil {
		other := resource.MustParse(*asked.Other)
		given.Compared = q.Cmp(other)
		sum := q.DeepCopy()
		sum.Add(other)
		given.Sum, given.SumFormat = sum.String(), string(sum.Format)
		less := q.DeepCopy()
		less.Sub(other)
		given.Less = less.String()
		product := q.DeepCopy()
		product.Mul(asked.Factor)
		given.Product = product.String()
	}
	return given
}

func labelSelector(asked question) answer {
	selector, err := labels.Parse(*asked.Labels)
	if err != nil {
		return answer{Error: err.Error()}
	}
	given := answer{Text: selector.String()}
	for _, set := range asked.Sets {
		given.Matches = append(given.Matches, selector.Matches(labels.Set(set)))
	}
	return given
}

func fieldSelector(asked question) answer {
	selector, err := fields.ParseSelector(*asked.Fields)
	if err != nil {
		return answer{Error: err.Error()}
	}
	given := answer{Text: selector.String()}
	for _, set := range asked.Sets {
		given.Matches = append(given.Matches, selector.Matches(fields.Set(set)))
	}
	return given
}

func duration(asked question) answer {
	span, err := time.ParseDuration(*asked.Duration)
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{Text: span.String(), Value: int64(span)}
}

func percentage(asked question) answer {
	value := intstr.FromString(*asked.Percent)
	scaled, err := intstr.GetScaledValueFromIntOrPercent(&value, asked.Total, asked.RoundUp)
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{Value: int64(scaled)}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var asked question
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			panic(err)
		}
		var given answer
		switch {
		case asked.Quantity != nil:
			given = quantity(asked)
		case asked.Labels != nil:
			given = labelSelector(asked)
		case asked.Duration != nil:
			given = duration(asked)
		case asked.Percent != nil:
			given = percentage(asked)
		default:
			given = fieldSelector(asked)
		}
		if err := out.Encode(given); err != nil {
			panic(err)
		}
	}
}
