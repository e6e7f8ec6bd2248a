# نصوص الصفحات. المفاتيح نفسها في en.ftl، ويتحقق اختبار من ذلك.

## عام
app = مزاد
# العلامة الخفية قبل المبلغ تجعل قراءته من اليمين أينما وُضع.
money = ‏{ $amount } { $currency ->
    [EGP] جنيه
    *[other] { $currency }
}
currency = { $currency ->
    [EGP] جنيه
    *[other] { $currency }
}
cancel = إلغاء
close = إغلاق
days = { $count ->
    [one] يوم
    [two] يومان
    [few] { $shown } أيام
    [many] { $shown } يومًا
    *[other] { $shown } يوم
}
# المدة تأتي في النصوص بعد حرف جر أو مضافًا إليها: مثناها بالياء.
minutes = { $count ->
    [one] دقيقة واحدة
    [two] دقيقتين
    [few] { $shown } دقائق
    [many] { $shown } دقيقة
    *[other] { $shown } دقيقة
}
seconds = { $count ->
    [one] ثانية واحدة
    [two] ثانيتين
    [few] { $shown } ثوانٍ
    [many] { $shown } ثانية
    *[other] { $shown } ثانية
}
lots = { $count ->
    [zero] لا لوطات
    [one] لوط واحد
    [two] لوطان
    [few] { $shown } لوطات
    [many] { $shown } لوطًا
    *[other] { $shown } لوط
}
bids = { $count ->
    [zero] لا عروض
    [one] عرض واحد
    [two] عرضان
    [few] { $shown } عروض
    [many] { $shown } عرضًا
    *[other] { $shown } عرض
}
date-and-time = { $weekday } { $day } { $month } { $year }، الساعة { $time } { $zone }
zone-time = { $city ->
    [Cairo] بتوقيت القاهرة
    [UTC] بالتوقيت العالمي UTC
    *[other] بتوقيت { $city }
}
zone-and-ahead = { $zone } ({ $ahead })
own-time = بتوقيتك: { $when }
own-hour = بتوقيتك: { $time } { $zone }
zone-of-times = الأوقات { $zone }
weekday-1 = الاثنين
weekday-2 = الثلاثاء
weekday-3 = الأربعاء
weekday-4 = الخميس
weekday-5 = الجمعة
weekday-6 = السبت
weekday-7 = الأحد
month-1 = يناير
month-2 = فبراير
month-3 = مارس
month-4 = أبريل
month-5 = مايو
month-6 = يونيو
month-7 = يوليو
month-8 = أغسطس
month-9 = سبتمبر
month-10 = أكتوبر
month-11 = نوفمبر
month-12 = ديسمبر
lot = اللوط
lot-n = لوط { $lot }
amount = المبلغ
price = السعر
state = الحال
amount-in = المبلغ ({ $currency })
paddle = رقم المزايد
reason = السبب
reason-public = يظهر السبب للجميع ويبقى في السجل.
reason-break = استراحة قصيرة
reason-technical = عطل فني في القاعة
reason-order = حفظ النظام في القاعة
reason-seller = بطلب الجهة البائعة
reason-terms = خطأ في الشروط
reason-court = بحكم قضائي
reason-by-mistake = أُغلق بالخطأ
reason-not-heard = عرض في القاعة لم يُسمع
reason-bidding-goes-on = المزايدة مستمرة فوقه
reason-bidder-slip = خطأ من المزايد أبلغ به فورًا
reason-clerk-slip = خطأ في تسجيل الأمين
reason-ineligible = المزايد غير مؤهل
reason-deposit = لم يُسدَّد التأمين
reason-conduct = سلوك في القاعة
switch-language = English
switch-theme = مظهر فاتح أو داكن
switch-digits = ١٢٣ أو 123
skip = انتقل إلى المحتوى
no-script = تحتاج هذه الصفحة إلى جافا سكريبت. صفحة المزاد نفسها تُقرأ بدونها:
room-waits = جارٍ التحميل…
room-failed = تعذّر فتح الصفحة. أعد تحميلها، وإن تكرر ذلك فأبلغ مكتب المزاد.
room-retries = تعذّر تحميل الصفحة، وتجري إعادة المحاولة من تلقاء نفسها.
waiting-picture = في انتظار حالة المزاد…
foot-about = مزاد: سجل واحد مُرتَّب لكل جلسة.

## حال المزاد واللوط
sale-draft = مسودة
sale-announced = لم يبدأ المزاد بعد
sale-open = المزاد جارٍ
sale-paused = المزاد متوقف مؤقتًا
sale-paused-outage = توقف فني: يستأنف المزاد بإعلان
sale-paused-clock = جارٍ التحقق من الساعة: المزاد متوقف، وكل لوط يحتفظ بوقته
sale-ended = انتهى المزاد
lot-upcoming = لم يُفتح بعد
lot-open = مفتوح للمزايدة
lot-closed = أُغلق
lot-warned-once = النداء الأول
lot-warned-twice = النداء الثاني
# كما يسميها القانون: لا شيء منها عقد.
outcome-knocked-down = رسا المزاد
outcome-no-bid = لم يُقدَّم عرض
outcome-below-base = دون الثمن الأساسي
outcome-passed = أُغلق بلا إرساء
outcome-lapsed = سقطت العروض
outcome-withdrawn = سُحب
outcome-for-decision = قيد قرار اللجنة
decision-leader-barred = استُبعد المتقدم قبل الإغلاق، والقرار للجنة.
decision-winner-struck-out = أُبطل بعد الإغلاق عرض من رسا عليه المزاد، والقرار للجنة.
decision-price-differs = أُبطل بعد الإغلاق عرض أثّر في السعر، والقرار للجنة.
decision-reckoned = دون العروض المُبطَلة: مزايد { $paddle } بسعر { $price }.
price-now = السعر الحالي
price-opening = سعر الافتتاح
price-final = رسا بسعر
price-highest = أعلى عرض
price-next = العرض التالي
leads = المتقدم: مزايد رقم
bought-by = رسا على مزايد رقم
bid-most = صاحب أعلى عرض: مزايد رقم
no-bid-yet = لا عروض بعد
no-bid-made = لم يُقدَّم عرض
no-bid-stands = لا عرض قائم
per-unit = لكل { $unit }
whole-bid = هذا العرض × { $quantity }: { $amount }
whole-price = السعر × { $quantity }: { $amount }
time-left = الوقت المتبقي
time-ended = انتهى
time-opens = يُفتح بعد
time-opening = يُفتح
time-in-turn = حين يأتي دوره
time-until-hammer = حتى الإرساء
time-stopped = متوقف
time-paused = متوقف، والمتبقي
time-closing = جارٍ الإغلاق…
time-ends-at = ينتهي في
extended = { $count ->
    [one] مُدِّد مرة واحدة
    [two] مُدِّد مرتين
    [few] مُدِّد { $shown } مرات
    [many] مُدِّد { $shown } مرة
    *[other] مُدِّد { $shown } مرة
}

## الاتصال
line-connecting = جارٍ الاتصال…
line-stale = الاتصال متقطع: قد يكون المعروض قديمًا
line-cut = انقطع الاتصال، وتجري إعادته من تلقاء نفسها
line-halted = توقف هذا المزاد في الخادم، وتجري المحاولة من جديد
line-stopped = أُغلق الاتصال. أعد تحميل الصفحة.
line-refused = رفض الخادم هذا الاتصال. أعد تحميل الصفحة بعد قليل.
line-session = انتهت جلستك. افتح رابط الدعوة أو اطلب دعوة جديدة.

## المزايد
now-region = حال اللوط الآن
bid-region = المزايدة
about-lot = عن اللوط
lot-page = صفحة اللوط العامة
lots-of-sale = لوطات المزاد
lot-runs = لوط { $lot } مفتوح الآن
watching-only = أنت تشاهد فقط. للمزايدة افتح رابط الدعوة الذي سلّمه لك مكتب المزاد.
you-are = مزايد رقم { $paddle }
own-leading = أنت المتقدم
own-outbid = تخطّاك مزايد آخر
own-unled = لا متقدم الآن
own-won = رسا عليك المزاد
own-lost = لم يرسُ عليك
mine-present = أنت مسجَّل حاضرًا في القاعة: يجوز لأمين المزاد أن يزايد باسمك. إن لم تكن في القاعة فأبلغ مكتب المزاد فورًا.
mine-left = لم تعد مسجَّلًا حاضرًا في القاعة.
own-unsure = غير مؤكد الآن: في انتظار الاتصال
own-none = لم تزايد على هذا اللوط
button-bid = زايد بمبلغ
button-pending = جارٍ إرسال { $amount }…
button-leading = أنت المتقدم الآن
button-line = في انتظار الاتصال…
button-upcoming = لم يُفتح اللوط بعد
button-closed = أُغلق اللوط
own-amount = حدّ أقصى أو مبلغ آخر
own-kind = نوع العرض
own-kind-maximum = حدّ أقصى
own-kind-flat = عرض بالمبلغ كله
own-maximum-now = حدّك الأقصى الآن { $amount }.
own-maximum-hint = يزايد النظام عنك بأقل زيادة لازمة حتى هذا الحد. لا يراه أحد سواك.
own-flat-hint = يصير هذا المبلغ هو السعر فورًا.
own-send = أرسل { $amount }
own-send-empty = أرسل
amount-empty = اكتب المبلغ.
amount-unclear = لا يُقرأ هذا المبلغ على وجه واحد. اكتبه هكذا: ١٢٥٠٠٠ أو ١٢٥٬٠٠٠.
amount-fraction = الكسور أكثر مما تقبله العملة.
amount-large = المبلغ أكبر من المقبول.
amount-low = أقل مبلغ مقبول الآن { $ask }.
amount-least = أقل مبلغ مقبول
confirm-title = هل هذا المبلغ صحيح؟
confirm-why = المبلغ أعلى كثيرًا من المطلوب الآن، ولم يُسجَّل عرضك بعد.
confirm-yes = نعم، زايد بمبلغ { $amount }
bid-leading = قُبل عرضك بمبلغ { $amount }، وأنت المتقدم بسعر { $price }.
bid-outbid = قُبل عرضك بمبلغ { $amount }، لكن حدًّا أقصى أسبق منه يساويه أو يزيد عليه. العرض التالي { $ask }.
bid-maximum-moved = حدّك الأقصى الآن { $amount }، والسعر كما هو.
bid-lost = لم يصل عرضك بمبلغ { $amount } ولم يُسجَّل. إن كنت ما زلت تريده فأرسله من جديد.
act-done = تم.
act-lost = لم يصل الطلب ولم يُنفَّذ. إن كنت ما زلت تريده فأعده.
floor-leading = قُبل عرض مزايد { $paddle } بمبلغ { $amount }.
floor-outbid = قُبل عرض مزايد { $paddle } بمبلغ { $amount }، لكن حدًّا أقصى أسبق يتقدمه. العرض التالي { $ask }.
floor-held = عرض مزايد { $paddle } بمبلغ { $amount } لم يُقبل بعد: ينتظر تأكيد أمين ثانٍ.
floor-lost = لم يصل عرض مزايد { $paddle } بمبلغ { $amount } ولم يُسجَّل. إن كان ما زال قائمًا فسجّله من جديد.
confirmed-leading = أُكِّد عرض القاعة، ومزايد { $paddle } هو المتقدم بسعر { $price }.
confirmed-outbid = أُكِّد عرض القاعة وقُبل، لكن حدًّا أقصى أسبق يتقدمه. العرض التالي { $ask }.
void-by-two = سُجِّل الطلب. يُبطَل العرض متى طلب ذلك عضوان من اللجنة.
reaffirm-leading = أُكِّد عرضك، وأنت المتقدم بسعر { $price }.
reaffirm = أؤكد عرضي
reaffirm-offer = أُبطل العرض الذي تقدّم عليك. يمكنك تأكيد عرضك بمبلغ { $amount } خلال { $rest }.
limit-rest = المتبقي من حدّك
limit-used = المستخدم من حدّك
limit-of = حدّك { $limit }، والمستخدم { $used }.
say-price = السعر { $price }
say-lot = لوط { $lot }: { $what }
refusal-below-ask = العرض أقل من المطلوب. أقل مبلغ مقبول الآن { $ask }.
refusal-own-lead = أنت المتقدم بالفعل، ولا يزايد أحد على نفسه.
refusal-over-limit = يتجاوز العرض حدّك بمقدار { $missing }؛ راجع مكتب التأمينات.
refusal-too-late = وصل العرض بعد انتهاء وقت اللوط، فلم يُقبل.
refusal-maximum-not-raised = الحد الجديد ليس أعلى من حدّك الحالي { $maximum }.
refusal-reserve-not-met = السعر { $price } لم يبلغ الثمن الأساسي.
floor-refusal-own-lead = هذا المزايد هو المتقدم بالفعل، ولا يزايد أحد على نفسه.
floor-refusal-over-limit = يتجاوز العرض حدّ هذا المزايد.
refusal-sale-unknown = لم يُنشأ هذا المزاد بعد.
refusal-sale-exists = هذا المزاد منشأ من قبل.
refusal-not-allowed = لا يحق لك طلب هذا الإجراء.
refusal-sale-not-open = لم يبدأ المزاد بعد.
refusal-sale-open = المزاد مفتوح بالفعل.
refusal-sale-ended = انتهى المزاد.
refusal-sale-paused = المزاد متوقف مؤقتًا؛ أعد المحاولة بعد استئنافه.
refusal-sale-not-paused = المزاد ليس متوقفًا.
refusal-lots-remain = ما زالت لوطات مفتوحة؛ أغلقها أولًا.
refusal-lot-unknown = لا يوجد لوط بهذا الرقم في قائمة اللوطات.
refusal-lot-exists = هذا اللوط موجود في قائمة اللوطات بالفعل.
refusal-lot-not-open = لم يُفتح اللوط بعد.
refusal-lot-open = اللوط مفتوح.
refusal-lot-closed = أُغلق اللوط.
refusal-lot-runs-by-clock = هذا اللوط يُفتح ويُغلق بالوقت.
refusal-floor-bid-waits = عرض من القاعة ينتظر تأكيد أمين ثانٍ.
refusal-nothing-waits = لا يوجد عرض من القاعة ينتظر التأكيد.
refusal-bid-unknown = لا يوجد عرض كهذا على اللوط، أو أُبطل من قبل.
refusal-second-officer-needed = يلزم أن يؤكده شخص آخر: لا بد من اتفاق اثنين.
refusal-not-admitted = ليس لك رقم مزايد في هذا المزاد؛ راجع مكتب المزاد.
refusal-paddle-unknown = لا يوجد رقم مزايد كهذا في المزاد.
refusal-paddle-taken = رقم المزايد أو حسابه مقبول في المزاد من قبل.
refusal-paddle-barred = استُبعد هذا الرقم من المزايدة.
refusal-nothing-to-reaffirm = لا يوجد عرض مطلوب منك تأكيده الآن.
refusal-amount-out-of-range = المبلغ صفر أو أكبر من المقبول.
refusal-maximum-below-price = لا يقل الحد الأقصى عن السعر الحالي { $price }.
refusal-overflow = المبلغ أكبر مما يمكن حسابه.
refusal-needs-confirmation = المبلغ { $amount } أعلى كثيرًا من المطلوب { $ask }؛ أكّده إن كنت تقصده.
refusal-confirmation-unknown = لا يوجد عرض كهذا ينتظر التأكيد؛ أرسل العرض من جديد.
refusal-ask-below-step = لا يقل العرض التالي عن { $ask }؛ المبلغ المطلوب { $amount }.
refusal-no-bids = لا يوجد عرض قائم على هذا اللوط.
refusal-warned-enough = وُجِّه النداء الأول والثاني؛ أرسِ المزاد أو أغلق اللوط بلا إرساء.
refusal-too-late-for-typing-error = فات وقت الإبلاغ عن خطأ في الكتابة، أو تلاه عرض آخر.
refusal-reopen-too-late = لا تمكن إعادة فتح اللوط: فُتح لوط آخر بعده، أو لا يوجد ما يُعاد فتحه.
refusal-order-incomplete = يجب أن يذكر ترتيب البيع كل لوط لم يُفتح بعد مرة واحدة.
refusal-terms-invalid = الشروط غير صحيحة أو متعارضة.
refusal-reason-missing = يلزم سبب معلن غير طويل.
refusal-too-many = بلغ المزاد أقصى عدد مسموح.
refusal-sale-not-published = المزاد مسودة لم تُنشر بعد.
refusal-sale-published = نُشر المزاد، فلا تُسحب لوطاته كلها بعد ذلك. يمكن تعديل كل لوط إلى أن يُفتح.
refusal-bid-has-come = جدّ ما لم يكن أمامك: مزايد { $paddle }، السعر { $price }، عرض رقم { $bid }. اقرأ حال اللوط ثم اطلب من جديد.
refusal-not-in-hall = صاحب هذا الرقم يزايد بالشبكة ولم يُسجَّل حاضرًا في القاعة.
refusal-above-ceiling = المبلغ { $amount } أعلى من سقف هذا اللوط { $ceiling }.
refusal-ceiling-not-raised = السقف الجديد ليس أعلى من السقف الحالي { $ceiling }.
refusal-limit-needed = يلزم حدّ لكل رقم يزايد بالشبكة في هذا المزاد.
refusal-limit-below-exposure = لا يقل الحدّ عمّا يتصدّر به المزايد وما رسا عليه.
refusal-warn-first = عدد النداءات اللازمة منذ آخر عرض وقبل الإرساء: { $bound }، وأن تمضي على آخرها ثوانٍ.
refusal-group-differs = للوطات المجموعة الواحدة نهاية واحدة وموعد نهائي واحد؛ لوط { $lot } يختلف عن هذا.
refusal-nothing-to-amend = هذه هي الشروط القائمة، فلا شيء يُعدَّل.
refusal-base-needed = فُتح الثمن الأساسي، فيلزم ثمن أساسي جديد قبل إعادة الطرح.
floor-refusal-above-ceiling = المبلغ { $amount } أعلى من سقف هذا اللوط { $ceiling }. يرفع أمين المزاد السقف بسبب معلن.
floor-refusal-bid-has-come = ينتظر الآن عرض آخر من القاعة: مزايد { $paddle } بمبلغ { $amount }. لم يُؤكَّد شيء؛ اقرأه ثم أكّده هو.
refusal-other = لم يُقبل الطلب ({ $code }).
fault-malformed = تعذّرت قراءة الرسالة.
fault-not-canonical = كُتبت الرسالة بغير صيغتها الوحيدة المقبولة.
fault-wrong-encoding = ترميز الرسالة غير الترميز المتفق عليه للاتصال.
fault-too-large = الرسالة أكبر من المسموح.
fault-subprotocol-unknown = اطلب البروتوكول الفرعي mazad.v1.json أو mazad.v1.proto.
fault-upgrade-required = هذا العنوان لاتصال WebSocket بالإصدار 13 فقط.
fault-origin-foreign = لا يُقبل الطلب من صفحة موقع آخر.
fault-hello-out-of-order = التعريف يُرسل مرة واحدة وقبل أي رسالة أخرى؛ افتح اتصالًا جديدًا.
fault-ticket-unknown = التذكرة غير معروفة أو استُعملت أو انتهت؛ اطلب تذكرة جديدة.
fault-invite-unknown = هذه الدعوة غير معروفة أو استُعملت أو انتهت؛ اطلب دعوة جديدة من مكتب المزاد.
fault-not-logged-in = ادخل أولًا برابط دعوتك.
fault-not-permitted = لا تسمح صلاحيتك بهذا الإجراء.
fault-sale-unknown = لا يوجد مزاد بهذا الرقم.
fault-lot-unknown = لا يوجد لوط بهذا الرقم في المزاد.
fault-not-found = لا يوجد شيء في هذا العنوان.
fault-method-not-allowed = لا يقبل هذا العنوان طلبًا من هذا النوع.
fault-not-joined = هذا الاتصال لا يتابع هذا المزاد.
fault-too-many-sales = هذا الاتصال يتابع أقصى عدد من المزادات؛ اترك أحدها أولًا.
fault-too-many-in-flight = طلبات كثيرة لم يُرد عليها بعد؛ انتظر ردًا ثم أعد المحاولة.
fault-rate-limited = رسائل كثيرة في وقت قصير؛ تمهّل ثم أعد المحاولة.
fault-too-many-connections = اتصالات كثيرة مفتوحة من هنا؛ أعد المحاولة بعد لحظة أو أغلق بعضها.
fault-busy = الخادم مشغول؛ أعد إرسال الطلب نفسه بعد لحظة.
fault-command-id-reused = استُعمل رقم الطلب هذا لطلب آخر.
fault-outcome-unknown = لا يُعرف بعد ما جرى للطلب؛ أعد إرساله بالرقم نفسه.
fault-sale-halted = توقف الخادم عن تسجيل هذا المزاد؛ أعد المحاولة بعد قليل.
fault-store-full = امتلأ قرص الخادم ولم يُقرَّر شيء؛ أعد المحاولة بعد قليل.
fault-store-away = سجل الجلسة لا يستجيب الآن ولم يُقرَّر شيء؛ أعد المحاولة بعد قليل.
fault-not-owner = خادم آخر يدير هذه الجلسة الآن ولم يُقرَّر هنا شيء؛ أعد المحاولة بعد قليل.
fault-stopping = الخادم يُعاد تشغيله؛ عُد بعد ثوانٍ.
fault-timeout = استغرق الطلب وقتًا أطول من المسموح.
fault-internal = حدث خطأ في الخادم؛ أعد المحاولة بعد قليل.
place-expected-at = المتوقع في { $path }: { $expected }.
place-expected = المتوقع: { $expected }.
expected-json = صيغة JSON، وهي تنقطع عند البايت { $detail }
expected-protobuf = صيغة protobuf، وهي تنقطع عند البايت { $detail }
expected-message = رسالة من رسائل البروتوكول بكتابتها الوحيدة
expected-object = كائن بحقوله
expected-known-fields = حقول البروتوكول وحدها دون غيرها
expected-key = اسم الحقل مكتوبًا هكذا
expected-once = قيمة واحدة تُذكر مرة واحدة
expected-order = حقول مرتبة بأرقامها تصاعديًا
expected-left-out = لا شيء؛ يُترك الحقل
expected-one-field = حقل واحد فقط من هذه الحقول: { $detail }
expected-one-word = كلمة من هذه الكلمات: { $detail }
expected-list = قائمة
expected-text = نص
expected-text-at-most = نص لا يزيد على { $detail } بايت، بلا رموز تحكّم
expected-currency = رمز عملة وفق ISO 4217
expected-bytes = بايتات بترميز base64
expected-boolean = true أو false
expected-money = عدد صحيح من أصغر وحدات العملة، مكتوب نصًّا من أرقام فقط
expected-number-text = عدد صحيح مكتوب نصًّا من أرقام فقط
expected-number = عدد صحيح
expected-number-from-one = عدد صحيح يبدأ من 1
expected-at-most = عدد صحيح لا يزيد على { $detail }
expected-uuid = معرّف uuid بحروف صغيرة وشرطات
expected-bands = شرائح تبدأ من 0 وتتصاعد، لكل منها مقدار زيادة
expected-secret = الجزء الذي بعد # من رابط الدعوة
expected-as-in-address = القيمة نفسها التي في عنوان الطلب
expected-bytes-at-most = { $detail } بايت على الأكثر
fault-other = لم يُنفَّذ الطلب ({ $code }). حاول من جديد.

## شروط اللوط
fact-opening = سعر الافتتاح
fact-step = مقدار الزيادة الآن
fact-per = السعر لكل
fact-quantity = الكمية
fact-reference = رقم الجهة
fact-place = المكان
fact-point = الموقع على الخريطة
fact-method = طريقة الإغلاق
fact-estimate = القيمة التقديرية
method-timed = بالوقت
method-clerked = بمطرقة أمين المزاد
soft-close-rule = إذا تغيّر المتقدم بعرض قُدِّم خلال آخر { $window } امتد الوقت، فلا ينتهي اللوط قبل مرور { $extension } على هذا العرض.
soft-close-price-rule = إذا تغيّر المتقدم أو السعر بعرض قُدِّم خلال آخر { $window } امتد الوقت، فلا ينتهي اللوط قبل مرور { $extension } على هذا العرض.
rule-extensions-max = تمدّد العروض المتأخرة وقت اللوط { $count ->
    [one] مرة واحدة
    [two] مرتين
    [few] { $shown } مرات
    [many] { $shown } مرة
    *[other] { $shown } مرة
} على الأكثر.
rule-hard-stop = الموعد النهائي { $when }، ولا يؤخر أي عرض الإغلاق إلى ما بعده.
rule-group = يمتد وقت هذا اللوط أيضًا بعرض متأخر على أي لوط آخر من مجموعته.
kind-land-lease = حق انتفاع بأرض
kind-land = أرض
kind-kiosk = كشك
kind-quarry = محجر
kind-scrap = خردة
kind-vehicle = مركبة
kind-site = موقع
kind-building = مبنى
kind-other = لوط
unit-year = سنة
unit-month = شهر
unit-tonne = طن
unit-feddan = فدان
unit-metre = متر مربع
unit-piece = قطعة
quantity-year = { $count ->
    [one] سنة واحدة
    [two] سنتان
    [few] { $shown } سنوات
    [many] { $shown } سنة
    *[other] { $shown } سنة
}
quantity-month = { $count ->
    [one] شهر واحد
    [two] شهران
    [few] { $shown } أشهر
    [many] { $shown } شهرًا
    *[other] { $shown } شهر
}
quantity-tonne = { $count ->
    [one] طن واحد
    [two] طنان
    [few] { $shown } أطنان
    [many] { $shown } طنًّا
    *[other] { $shown } طن
}
quantity-feddan = { $count ->
    [one] فدان واحد
    [two] فدانان
    [few] { $shown } أفدنة
    [many] { $shown } فدانًا
    *[other] { $shown } فدان
}
quantity-metre = { $count ->
    [one] متر مربع واحد
    [two] متران مربعان
    [few] { $shown } أمتار مربعة
    [many] { $shown } مترًا مربعًا
    *[other] { $shown } متر مربع
}
quantity-piece = { $count ->
    [one] قطعة واحدة
    [two] قطعتان
    [few] { $shown } قطع
    [many] { $shown } قطعة
    *[other] { $shown } قطعة
}
quantity-other = { $shown } { $unit }

## شروط عُدِّلت
amended-title = تعديلات الشروط
amended-at = عُدِّل في { $when }
amended-change = { $term }: من { $before } إلى { $after }
amended-reason = السبب: { $reason }
amended-see = اقرأ ما عُدِّل، من أي قيمة إلى أي قيمة
amended-in-draft = قبل النشر، بلا سبب مذكور.
term-none = لا يوجد
term-yes = نعم
term-no = لا
term-by-hand = بيد أمين المزاد
term-label = الرقم المطبوع
term-title-ar = العنوان بالعربية
term-title-en = العنوان بالإنجليزية
term-description-ar = الوصف بالعربية
term-description-en = الوصف بالإنجليزية
term-kind = النوع
term-estimate-low = التقدير من
term-estimate-high = التقدير إلى
term-ceiling = سقف المزايدة
term-reserve = الثمن الأساسي السري
term-base = مُثبَت ببصمة { $digest }…
term-base-secret = موجود ويبقى سريًّا
term-base-other = ثمن آخر يبقى سريًّا
term-increments = فئات الزيادة
term-increments-of = { $mode }: { $bands }
term-mode-additive = تُضاف إلى السعر
term-mode-grid = على مضاعفات الزيادة
term-mode-clerk = كما يطلب أمين المزاد
term-first-bid = أول عرض
term-first-opening = سعر الافتتاح
term-first-above = سعر الافتتاح وزيادة واحدة
term-jump-times = يُطلب تأكيد ما يتجاوز هذا العدد من أضعاف المطلوب
term-jump-steps = يُطلب تأكيد ما يتجاوز هذا العدد من الزيادات
term-opens-at = موعد الفتح
term-after-previous = بعد انتهاء اللوط السابق بمدة { $span }
term-closes-at = موعد الإغلاق
term-runs-for = بعد فتحه بمدة { $span }
term-soft-close = التمديد بالعروض المتأخرة
term-soft-close-of = عرض خلال آخر { $window } يُبقي { $extension }
term-extend-on = ما يمدّد الوقت
term-on-leader = تغيّر المتقدم
term-on-price = تغيّر المتقدم أو السعر
term-extensions-max = أقصى عدد لمرات التمديد
term-hard-stop = الموعد النهائي
term-group = المجموعة
term-place-ar = المكان بالعربية
term-place-en = المكان بالإنجليزية
term-currency = العملة
term-time-zone = المنطقة الزمنية
term-ends-itself = ينتهي من تلقاء نفسه
term-reopen-window = مدة الانتظار قبل أن ينتهي من تلقاء نفسه
term-reserve-lift = يجوز رفع السعر إلى الثمن الأساسي
term-failed-attempt-opens-base = المحاولة التي لا تتم تكشف ثمنها الأساسي
term-maximum-may-fall = للمتقدم أن يخفض حده الأقصى
term-limit-needed = يلزم المزايد بالشبكة حد للمزايدة
term-hammer-warnings = التنبيهات قبل المطرقة
term-warning-age = عمر كل تنبيه
term-floor-second-steps = عروض القاعة التي تتجاوز هذا العدد من الزيادات يؤكدها أمين ثانٍ
term-floor-confirm-window = مهلة الأمين الثاني
term-void-effect = العروض التي تحت عرض ملغى
term-void-strict = تبقى ساقطة
term-void-booklet = تعود
term-void-needs-second = يلزم لإلغاء عرض مسؤولان
term-typing-error-window = مهلة الإبلاغ عن خطأ كتابي
term-reaffirm-window = مهلة تجديد العرض
term-correction-minimum = أقل وقت يبقى بعد تصحيح
term-resume-minimum = أقل وقت يبقى بعد إيقاف مؤقت
term-confirmation-window = مهلة تأكيد القفزة
term-timeliness-window = أقصى فرق مقبول في ختم الوصول

## أمين المزاد
acts = الإجراءات
acts-more = إجراءات أخرى
act-open = افتح اللوط
act-warn = نداء
act-hammer = أرسِ المزاد
act-pass = أغلق بلا إرساء
act-floor = عرض من القاعة
act-floor-again = القاعة بالعرض التالي
act-ask = حدّد العرض التالي
act-confirm-floor = أكّد عرض القاعة
act-void = أبطِل عرضًا
act-withdraw = اسحب اللوط
act-reoffer = أعد طرحه
act-reopen = أعد فتحه
act-order = غيّر ترتيب اللوط
order-place = مكانه
order-before = قبل لوط { $lot }:
order-last = آخر اللوطات
act-pause = أوقف المزاد
act-resume = استأنف المزاد
act-next = اللوط التالي
act-previous = اللوط السابق
act-open-sale = ابدأ المزاد
act-end-sale = أنهِ المزاد
act-invite = دعوة مزايد
act-admit = اقبل رقمًا للقاعة
admit-hint = يزايد صاحب هذا الرقم في القاعة فقط على يد أمين المزاد. ومن يزايد بهاتفه يُدعى بدعوة.
act-publish = انشر المزاد
act-ceiling = ارفع السقف
act-amend = تعديل الشروط
amend-admin = يعدّل الشروط مدير النظام، كما يضيف اللوطات.
amend-hint = كل ما يتغيّر هنا يُذكر في صفحة اللوط: ما تغيّر، ومن أي قيمة إلى أي قيمة، ولماذا. ويجوز التعديل إلى أن يُفتح اللوط.
amend-reserve = ثمن أساسي سري جديد؛ إن تُرك فارغًا بقي القائم
amend-no-reserve = لم يعد للوط ثمن أساسي سري
amend-reserve-unclear = إما ثمن أساسي جديد وإما بلا ثمن أساسي، لا الاثنان.
amend-moment = يلزم يوم وساعة.
reason-list-slip = خطأ كتابي في قائمة اللوطات
act-limit = عدّل حدّ مزايد
act-presence = حضور القاعة
act-jump = نعم، هذا هو المبلغ
act-bar = استبعد رقم مزايد
act-help = المفاتيح
floor-send = سجّل
floor-jump = عرض مزايد { $paddle } بمبلغ { $amount } أعلى كثيرًا من المطلوب { $ask }، ولم يُسجَّل بعد. هل المبلغ صحيح؟
just-changed = تغيّر المعروض للتوّ ولم يُنفَّذ شيء. اقرأه ثم اضغط من جديد.
question-moved = جدّ شيء على هذا اللوط بعد السؤال. ارجع واقرأ حاله ثم اطلب من جديد.
preview-waits = يجري حساب ما ينتهي إليه اللوط…
preview-base = هل يرسو المزاد؟ يتوقف ذلك على ثمن أساسي سري.
standing-now = الآن
standing-after = بعده
offered = يُعرض التأكيد
offered-to = على مزايد { $paddle }:
count-lots = اللوطات
count-upcoming = لم تُفتح بعد
count-open = مفتوحة
publish-admin = ينشر المزادَ مديرُه.
draft-band = هذا المزاد مسودة: لا يراه إلا العاملون عليه.
ceiling-hint = لا يُقبل على هذا اللوط عرض فوق { $ceiling }. اكتب سقفًا أعلى.
limit-in = الحدّ ({ $currency })
limit-hint = يسري من عرض المزايد التالي، ولا يقل عن المستخدم منه.
presence-yes = حاضر في القاعة
presence-no = غادر القاعة
presence-hint = تظهر للمزايد في صفحته فورًا. بعدها يجوز لأمين المزاد أن يزايد باسمه.
floor-moved = ستُرسل { $amount }، لكن العرض التالي صار { $ask }.
number-unclear = اكتب الرقم بالأرقام.
by-clock = يُفتح هذا اللوط ويُغلق بالوقت
not-now = غير متاح الآن
no-last-paddle = لم يُسجَّل رقم من القاعة بعد
attempt = مرة الطرح { $count }
last-bids = آخر العروض
col-bid = عرض
col-origin = المصدر
col-time = الوقت
origin-floor = القاعة
origin-web = الشبكة
answers = الردود
answers-none = لا ردود بعد.
bids-failed = تعذّرت قراءة العروض، وتجري المحاولة من جديد.
pending = في الانتظار…
sale-count = رسا { $sold } من { $all }
clerk-only = هذه الصفحة لأمين المزاد. افتح رابط دعوتك.
void-bid = رقم العرض
void-cause = سبب الإبطال
void-typing = خطأ في الكتابة
void-eligibility = فقد الأهلية
void-proven = خطأ مثبت
void-court = حكم قضائي
held-waits = عرض القاعة من مزايد { $paddle } بمبلغ { $amount } ينتظر أمينًا ثانيًا:
offer-waits = عُرض على مزايد { $paddle } أن يؤكد { $amount }:
ask-hint = السعر الآن { $price }. لا يقل العرض التالي عن زيادة واحدة.
reoffer-hint = سعر الافتتاح في المرة الجديدة.
keys-title = المفاتيح
keys-hint = يتبع المفتاح حرفه اللاتيني، وعلى لوحة المفاتيح العربية يتبع مكانه. المفتاح Esc يخرج من خانة الكتابة.
invite-for = دعوة المزايد رقم { $paddle }
invite-link = رابط الدعوة
invite-qr = رمز الدعوة
invite-once = يُستعمل الرابط مرة واحدة. سلّمه للمزايد نفسه.
invite-limit = حد المزايدة (اختياري)
invite-label = تسمية لمكتب المزاد (بلا أسماء)
invite-hint = يُنشأ رابط ورمز يُفتحان على هاتف المزايد. وإن كانت للرقم دعوة سابقة، ضاعت أو استُعملت، حلّت هذه محلها.
invite-end-logins = إخراج من دخل بهذا الرقم فورًا
invite-make = أنشئ الدعوة
invite-incomplete = اكتب رقم المزايد، والحد بالأرقام إن وُجد.

## الدخول
enter-title = الدخول بالدعوة
enter-working = جارٍ فتح دعوتك…
enter-no-secret = لا دعوة في هذا الرابط. افتح الرابط كاملًا كما وصلك، أو امسح الرمز من جديد.
enter-hint = اضغط الزر للدخول. تعمل الدعوة مرة واحدة، على هذا الجهاز.
enter-press = دخول
enter-as-paddle = الدخول برقم المزايد { $paddle }
enter-as = { $role ->
    [clerk] الدخول بصفة أمين المزاد
    [auctioneer] الدخول بصفة مدير المزاد
    [analyst] الدخول بصفة المحلل
    [admin] الدخول بصفة المدير
   *[other] دخول
}
enter-link = رابط الدعوة
enter-no-script = جافا سكريبت معطّلة. الصق رابط دعوتك هنا ثم اضغط الزر. تحتاج المزايدة إلى جافا سكريبت.
enter-refused = هذه الدعوة استُعملت أو انتهت. اطلب دعوة جديدة من مكتب المزاد.
enter-offline = لا اتصال بالخادم.
enter-again = { $why } دعوتك ما زالت في العنوان: أعد تحميل الصفحة بعد لحظة.

## المحلل
revision = رقم القيد
state-after = الحال بعد الواقعة
filter-kind = الواقعة
filter-all = الكل
count-bids = العروض القائمة
count-extensions = مرات التمديد
step-back = الواقعة السابقة
step-on = الواقعة التالية
step-slider = موضعك في السجل
step-of = { $at } من { $count }
step-hint = الأسهم تنتقل واقعةً بعد واقعة، وHome وEnd إلى الطرفين. العنوان في المتصفح يحفظ ما تراه.
ladder-name = السعر من { $from } إلى { $to }
history-loading = جارٍ قراءة السجل…
history-failed = تعذّرت قراءة السجل كاملًا، فلا يُعرض منه شيء. أعد تحميل الصفحة.
history-empty = لا وقائع بهذه الشروط.
rows-earlier = الأسبق
rows-later = الأحدث
rows-of = { $from } – { $to } من { $count }
event-lot-amended = عُدِّلت الشروط
event-lot-added = أُضيف اللوط
event-lot-scheduled = حُدِّد موعد الفتح
event-lot-opened = فُتح اللوط
event-lot-warned = نداء
event-ceiling-raised = رُفع السقف
event-ask-set = حُدِّد العرض التالي
event-lot-extended = مُدِّد الوقت
event-lot-closed = أُغلق اللوط
event-lot-withdrawn = سُحب اللوط
event-lot-reoffered = أُعيد طرحه
event-lot-reopened = أُعيد فتحه
event-reserve-lifted = رُفع السعر إلى الثمن الأساسي
event-bid-accepted = قُبل عرض
event-floor-held = عرض قاعة ينتظر
event-floor-lapsed = سقط عرض القاعة
event-bid-voided = أُبطل عرض
event-reaffirm-offered = عُرض التأكيد
event-lead-reaffirmed = أُكِّد العرض
event-reaffirm-ended = انتهت مهلة التأكيد
event-sale-paused = توقف المزاد
event-sale-resumed = استؤنف المزاد

## الصفحات العامة
home-title = مزادات المحافظة
home-intro = بيع وتأجير أملاك الدولة والفرص الاستثمارية في مزاد علني مباشر. تابع الأسعار لحظة بلحظة بلا تسجيل.
home-empty = لا مزادات معلنة الآن.
search-lots = ابحث في لوطات كل المزادات
search-go = بحث
search-found = نتائج البحث
search-nothing = لا لوط فيه كل هذه الكلمات.
search-away = البحث غير متاح الآن. حاول بعد لحظة.
sale-opens-at = يبدأ { $when }
sale-opens-by-hand = يبدأ بإعلان رئيس الجلسة
sale-summary = { $lots }، رسا منها { $sold }
sale-lots = اللوطات
sale-pages = صفحات قائمة اللوطات
page-of-pages = صفحة { $page } من { $pages }
page-before = الصفحة السابقة
page-after = الصفحة التالية
sale-results = النتائج
sale-rules = كيف تجري المزايدة هنا
door-bid = صفحة المزايدة
door-hall = شاشة القاعة
door-clerk = صفحة أمين المزاد
door-analyst = السجل والتحليل
crumb-home = المزادات
crumbs = مكانك في الموقع
base-opened = الثمن الأساسي السري بعد فتحه
base-salt = العدد العشوائي
base-commitment = بصمة الثمن الأساسي، المنشورة مع قائمة اللوطات
base-check = حاصل SHA-256 لعبارة mazad reserve v1 ثم بايت صفري ثم معرّف المزاد ثم رقم اللوط (٤ بايت) ثم المبلغ بأصغر وحدات العملة (٨ بايت) ثم العدد العشوائي هو البصمة نفسها: فلم يتغيّر الثمن الأساسي.
lot-terms = شروط اللوط
lot-rules = كيف تزايد على هذا اللوط
lot-description = الوصف
lot-previous = اللوط السابق
lot-following = اللوط التالي
result-lot = اللوط
result-outcome = النتيجة
result-price = السعر
result-buyer = مزايد رقم
total-outright = ما رسا بثمن للوط كله: { $lots }
total-measured = ما رسا بسعر لكل { $unit }، السعر × الكمية: { $lots }
total-each = ما رسا بسعر لكل { $unit }، مجموع الأسعار: { $lots }
result-none = لم تُغلق أي لوطات بعد.
rule-opening = تبدأ المزايدة من { $opening }.
rule-opening-above = أول عرض يزيد على { $opening } بزيادة واحدة على الأقل.
rule-steps = تُحسب الزيادة من السعر القائم:
rule-band = من { $from }: { $step }
rule-grid = العرض التالي المطلوب هو أصغر مضاعف للزيادة يعلو السعر.
rule-clerk-ask = يجوز لأمين المزاد أن يحدد العرض التالي.
rule-maximum = يمكنك إرسال حد أقصى سري، فيزايد النظام عنك بأقل زيادة لازمة. عند التساوي يتقدم الحد الأسبق.
rule-clerked = يفتح أمين المزاد اللوط، وينادي مرة ثم مرتين، ثم يُرسي المزاد على أعلى عرض.
rule-timed = يُفتح اللوط ويُغلق بالوقت. الحَكَم ساعة الخادم، لا ساعة جهازك.
rule-jump = عرض أعلى كثيرًا من المطلوب يُطلب منك تأكيده أولًا.
rule-reserve = لهذا اللوط ثمن أساسي سري، يُفتح مع النتيجة.
rule-reserve-lift = إذا لم يبلغ السعر الثمن الأساسي وبلغه الحد الأقصى للمتقدم، رُفع السعر إلى الثمن الأساسي ورسا المزاد به.
rule-void-strict = إذا أُبطل عرض فلا تعود العروض الأدنى، ويُعرض على صاحب العرض السابق أن يؤكده.
rule-void-booklet = إذا أُبطل عرض تعود العروض السابقة كما كانت، بحسب كراسة الشروط.
rule-record = كل عرض، مقبولًا كان أو مرفوضًا، يُقيَّد في سجل الجلسة.
page-not-found = لا توجد صفحة بهذا العنوان
page-not-found-why = ربما تغيّر الرابط أو نُقص منه حرف.
page-failed = لا يمكن عرض هذه الصفحة الآن
room-bid = المزايدة
room-clerk = أمين المزاد
room-hall = شاشة القاعة
room-analyst = السجل والتحليل

## صفحة الإدارة
room-admin = الإدارة
admin-only = هذه الصفحة للمديرين وأمناء المزاد. افتح دعوتك على هذا الجهاز أولًا.
admin-old = الخادم لا يجيب: ما يظهر قد يكون قديمًا.
admin-sales = المزادات
admin-invite = الدعوات
admin-people = الأشخاص
admin-import = استيراد قائمة اللوطات
admin-backup = النسخة الاحتياطية
admin-no-sales = لا يوجد مزاد بعد. استورد قائمة اللوطات: تصبح مسودة لا يراها إلا العاملون.
door-admin = الإدارة
door-public = الصفحة العامة
publish-question = من تلك اللحظة يراه الجميع بكل لوطاته، وتثبت شروطه.
role-bidder = مزايد
role-clerk = أمين المزاد
role-auctioneer = مدير المزاد
role-analyst = محلل
role-admin = مدير النظام
paddle-n = رقم المزايد { $paddle }
hours = { $count ->
    [one] ساعة واحدة
    [two] ساعتين
    [few] { $shown } ساعات
    [many] { $shown } ساعة
   *[other] { $shown } ساعة
}
invite-whom = من تدعو؟
invite-sale = المزاد
invite-no-sale = لا يوجد مزاد يُدعى إليه مزايدون. استورد قائمة اللوطات أولًا.
invite-paddles = أرقام المزايدين، سطر لكل رقم
invite-paddles-example = ٧ الصف الأول
invite-paddles-hint = رقم أو مدى مثل ١-٣٠، وبعده إن شئت تسمية لمكتب المزاد (بلا أسماء، فهي تبقى في السجل). بحد أقصى { $most } في المرة. وإن كان للرقم رابط سابق حل الجديد محله.
invite-paddles-unclear = اكتب في كل سطر رقمًا أو مدى مثل ١-٣٠، وبحد أقصى { $most } رقمًا في المجموع.
invite-staff-hint = يفتح الرابط هذا الدور لشخص واحد، ويصلح يومًا. سلّمه باليد.
invite-progress = أُنشئ { $done } من { $all }…
invite-stopped = لم تُنشأ دعوة الرقم { $paddle }، وأُنشئت قبلها { $done }. { $why }
invite-made = أُنشئت الدعوات.
sheet-title = { $count ->
    [one] الدعوة التي أُنشئت
    [two] الدعوتان اللتان أُنشئتا
   *[other] الدعوات التي أُنشئت ({ $shown })
}
sheet-once = لا تظهر الروابط إلا هنا، وتزول بمغادرة الصفحة. اطبع الورقة وقصّها وسلّم كل دعوة لصاحبها.
sheet-print = اطبع الورقة
sheet-forget = انتهيت، أزلها
sheet-until = تصلح حتى { $when }
sheet-how = صوّر الرمز بكاميرا الهاتف أو اكتب الرابط. يُستعمل مرة واحدة.
people-find = ابحث برقم المزايد أو الدور أو التسمية
people-none = لا أحد بهذا الوصف.
people-more = أظهر المزيد
people-you = أنت
people-disabled = مُنع من الدخول
people-away = لا رابط مفتوح ولا أحد داخل.
people-invited = مدعو، والرابط صالح حتى { $when }
people-withdraw = اسحب الدعوة
people-logged-in = داخل حتى { $when }
people-end-login = أخرجه
people-new-link = رابط جديد
people-new-link-hint = ينتهي الرابط السابق ويخرج فورًا من دخل به. ويظهر الرابط الجديد مرة واحدة أسفل الصفحة.
people-shut-out = امنعه من الدخول
people-shut-out-hint = تنتهي فورًا كل دخوله وروابطه ولا يدخل بعدها أبدًا. وتبقى عروضه: لاستبعاد رقم المزايد استعمل مكتب أمين المزاد.
import-hint = صف لكل لوط، بصيغة CSV أو XLSX، وبحد أقصى ٤ ميبي. لا يُستورد شيء قبل أن ترى كيف فُهمت كل خلية.
import-sale = إلى أي مزاد؟
import-new-sale = مزاد جديد (مسودة)
import-file = الجدول
import-title-ar = العنوان بالعربية
import-title-en = العنوان بالإنجليزية
import-currency = العملة
import-zone = المنطقة الزمنية
import-opens-at = يفتح تلقائيًا في (فارغ: يدويًا)
import-more = المزيد عن الجدول
import-steps = الزيادات حيث لا يذكرها الصف
import-sheet = ورقة المصنف
import-hidden = الصفوف والأعمدة المخفية
import-hidden-stop = تُعد خطأ
import-hidden-take = تُستورد
import-hidden-leave = تُترك
import-look = انظر ما فُهم
import-waits = يُقرأ الملف…
import-no-file = اختر ملفًا غير فارغ.
import-too-large = الملف أكبر من ٤ ميبي. استبعد الصور، أو استورده على الخادم بالأمر mazad import.
import-read = قُرئ الجدول.
import-preview = هكذا فُهم الجدول
import-creates = تُنشأ مسودة:
import-into = إلى
import-adds = { $count ->
    [one] يضاف لوط واحد.
    [two] يضاف لوطان.
    [few] تضاف { $shown } لوطات.
   *[other] يضاف { $shown } لوطًا.
}
import-there = وموجود من قبل { $shown }.
import-clears = وتُزال أولًا من المسودة { $shown }.
import-steps-are = الزيادات حيث لا يذكرها الصف: { $steps }
import-above = فوق الجدول، لم يُقرأ:
import-hidden-sheets = أوراق مخفية لم تُستورد:
import-title = العنوان
import-times = الموعد
import-rest = تفاصيل
import-ceiling = الحد الأقصى
import-quantity = الكمية
import-place = المكان
import-base = الثمن الأساسي
import-base-given = موجود ويبقى سريًا
import-base-none = لا يوجد
import-row = الصف { $row }
import-after-previous = بعد اللوط السابق بـ{ $seconds } ثانية
import-runs = مدته { $seconds } ثانية
import-all-lots = أظهر كل اللوطات ({ $shown })
import-yes = استورد هذا بعينه
import-nothing = كل شيء موجود من قبل
import-done = استُوردت قائمة اللوطات:
import-draft = وهي مسودة لا يراها إلا العاملون، انشرها من أعلى الصفحة.
import-wrong = { $count ->
    [one] خلية واحدة فيها خطأ، ولن يُستورد شيء.
    [two] خليتان فيهما خطأ، ولن يُستورد شيء.
    [few] { $shown } خلايا فيها خطأ، ولن يُستورد شيء.
   *[other] { $shown } خلية فيها خطأ، ولن يُستورد شيء.
}
import-expected = المطلوب:
import-found = وُجد:
import-also = والخطأ نفسه في:
import-more-wrong = و{ $shown } أخرى.
backup-unread = لم تُقرأ بعد.
backup-in-memory = هذا النظام في الذاكرة وحدها، فلا مجلد له يُنسخ.
backup-never = لم تؤخذ نسخة احتياطية من هذا النظام قط.
backup-first = خذ نسخة على جهاز الخادم إلى قرص آخر، والمفتاح في مكان مستقل:
backup-again = النسخة التالية، على جهاز الخادم، تكتب الجديد وحده:
backup-age = عمر آخر نسخة { $age }.
backup-at = أُخذت
backup-to = المكان
backup-events = الأحداث فيها
backup-hint = هذا ما تركته آخر نسخة ليُقرأ. أما بقاؤها فانظر قرصها، وأعدها بين حين وآخر إلى مجلد تتخلص منه.
admin-no-script = هذه الصفحة تحتاج JavaScript. ويمكن العمل نفسه على الخادم: mazad admin وmazad import وmazad backup.

## جهاز آخر
device-title = جهازي الآخر
device-hint = زايد أو اعمل من جهاز آخر أيضًا: صوّر الرمز به أو افتح الرابط. يُستعمل مرة واحدة خلال عشر دقائق ولك وحدك: من معه هذا الرابط يدخل باسمك.
device-make = أنشئ رابطًا له
device-again = أنشئ رابطًا آخر
device-qr = رمز الجهاز الآخر
device-left = يصلح مدة { $left }
device-over = انتهى الرابط.
device-bounds = أربعة أجهزة معًا على الأكثر، والزائد يُخرج أقدمها. ويبقى الجهاز الآخر داخلًا ما كان هذا ليبقى.
device-nobody = لا أحد داخل على هذا الجهاز. افتح دعوتك هنا أولًا.
device-back = عودة
line-devices = دخلت من جهاز آخر فخرج هذا: أربعة أجهزة معًا على الأكثر.
sale-next-end = ينتهي اللوط التالي
sale-left = الباقي: { $left }
sale-opens-in = يفتح بعد { $left }
