//! Notifications, as the front end that shows them sees them.

use std::time::Duration;

use crate::rig::Rig;

#[tokio::test]
async fn where_notifications_stand_is_remembered_for_the_process_after_a_crash() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    let telling = app.tell(|| false);
    assert!(telling.left().await.is_empty());
    telling.stand(&["bus :1.7 1".into(), "bus :1.7 2".into()]).await;
    telling.stand(&["bus :1.7 2".into()]).await;
    app.close(Duration::ZERO).await;

    let app = rig.open().await;
    let telling = app.tell(|| false);
    assert_eq!(telling.left().await, ["bus :1.7 2"]);
    telling.stand(&[]).await;
    assert!(telling.left().await.is_empty());
    app.close(Duration::ZERO).await;
}
